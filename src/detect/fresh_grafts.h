// Synthetic images made while the network learns, each drawn once. No torch.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include "detect/graft_source.h"
#include "detect/training_image.h"
#include "nn/input.h"

namespace mammograft {

// A thread of its own makes those that come next, as the network sees them: some are always ready.
// What comes depends on the number of the draw and on nothing else.
class FreshGrafts {
 public:
  // `withheld`: patients of whom nothing may come, a defect of the source otherwise.
  // `any_outline`: as of training_image().
  FreshGrafts(std::unique_ptr<GraftSource> source, std::set<std::string> withheld,
              const InputOptions& input, bool any_outline);
  ~FreshGrafts();
  FreshGrafts(const FreshGrafts&) = delete;

  // Number n: the source's image n, or, where that cannot be made or the network sees no mass in
  // it, another that stands for it. Waits where it is not ready. The reference holds until the next
  // call. Throws what making it threw; bad_input where nothing can be made in its place.
  const TrainingImage& at(int64_t n);

  const GraftSource& source() const { return *source_; }
  bool any_mask() const { return any_outline_ || source_->drawn_outlines(); }

 private:
  struct Made {
    TrainingImage image;
    std::exception_ptr error;
  };
  using Pair = std::pair<Made, Made>;

  void work();
  bool find_work(int64_t* pair) const;
  Pair make_pair(int64_t pair) const;
  void complete(Made& made, int64_t n, FreshImage fresh) const;
  TrainingImage seen(const FreshImage& fresh) const;

  const std::unique_ptr<GraftSource> source_;
  const std::set<std::string> withheld_;
  const InputOptions input_;
  const bool any_outline_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<int64_t, std::shared_ptr<const Pair>> ready_;  // by half of the even number
  int64_t wanted_ = -1;                                   // the pair asked for last; -1: none yet
  bool stopped_ = false;
  std::shared_ptr<const Pair> lent_;  // the one that the caller looks at
  std::thread thread_;                // last: starts when all else is there
};

}  // namespace mammograft
