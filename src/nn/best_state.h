// The state of a training that scored best on held-out data: what is kept in the end.
// (As detectron2's BestCheckpointer, but inside of the run's one checkpoint.)
#pragma once

#include <cstdint>

#include "nn/weights.h"

namespace mammograft {

class BestState {
 public:
  enum class Better { larger, smaller };  // score
  explicit BestState(Better better) : better_(better) {}

  // Keeps a copy of `tensors` where `score` is better than every one before it; of equal ones the
  // first stays. A score that is not finite is never the best. Returns whether it was kept.
  bool offer(double score, int64_t step, const TensorMap& tensors);

  bool empty() const { return tensors_.empty(); }
  const TensorMap& tensors() const { return tensors_; }
  double score() const { return score_; }  // 0 while empty, as is step()
  int64_t step() const { return step_; }   // steps done

  // For a checkpoint: "best.<name>", "best_score", "best_step". load_state() takes these from all
  // the tensors of one.
  TensorMap state() const;
  void load_state(const TensorMap& checkpoint);

 private:
  bool better(double score) const;

  Better better_;
  TensorMap tensors_;
  double score_ = 0;
  int64_t step_ = 0;
};

}  // namespace mammograft
