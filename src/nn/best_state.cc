#include "nn/best_state.h"

#include <ATen/Functions.h>

#include <cmath>

#include "nn/tensor_names.h"

namespace mammograft {

bool BestState::better(double score) const {
  if (!std::isfinite(score)) return false;
  if (empty()) return true;
  return better_ == Better::larger ? score > score_ : score < score_;
}

bool BestState::offer(double score, int64_t step, const TensorMap& tensors) {
  if (!better(score)) return false;
  tensors_ = copied(tensors);
  score_ = score;
  step_ = step;
  return true;
}

TensorMap BestState::state() const {
  TensorMap state = with_prefix(tensors_, "best.");
  state["best_score"] = at::scalar_tensor(score_, at::kDouble);
  state["best_step"] = at::scalar_tensor(step_, at::kLong);
  return state;
}

void BestState::load_state(const TensorMap& checkpoint) {
  tensors_ = copied(without_prefix(checkpoint, "best."));
  score_ = checkpoint.at("best_score").item<double>();
  step_ = checkpoint.at("best_step").item<int64_t>();
}

}  // namespace mammograft
