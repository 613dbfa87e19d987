// Backgrounds that stay in memory between their turns, for whoever comes back to them again and
// again.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <mutex>

#include "graft/background.h"

namespace mammograft {

// Those that come first are kept until the bound is reached, the others are loaded anew each time:
// all come equally often, so nothing would be gained by replacing one by another.
class BackgroundCache {
 public:
  explicit BackgroundCache(size_t bytes) : bound_(bytes) {}  // 0: nothing is kept

  // The background of that number, loaded where it is not kept. Its images are the cache's own: to
  // be looked at, not changed. Any number of threads may ask.
  Background get(size_t number, const std::function<Background()>& load);

  size_t bytes() const;  // that are kept

 private:
  const size_t bound_;
  mutable std::mutex mutex_;
  size_t bytes_ = 0;
  std::map<size_t, Background> kept_;
};

}  // namespace mammograft
