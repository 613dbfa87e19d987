// What the tests of src/stats share.
#pragma once

#include <chrono>
#include <cmath>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "core/json.h"
#include "core/rng.h"
#include "stats/auc.h"

namespace mammograft {

// Made by tests/golden/stats/make_stats.py with numpy, scikit-learn and confidenceinterval.
inline const Json& golden_stats() {
  static const Json golden =
      read_json(std::string(MAMMOGRAFT_SOURCE_DIR) + "/tests/golden/stats/stats.json");
  return golden;
}

// Made by tests/golden/stats/make_intervals.py with scipy and statsmodels.
inline const Json& golden_intervals() {
  static const Json golden =
      read_json(std::string(MAMMOGRAFT_SOURCE_DIR) + "/tests/golden/stats/intervals.json");
  return golden;
}

// On which threads something was called, each time for so long that all that there are get a call.
class SeenThreads {
 public:
  void add() {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    const std::lock_guard lock(mutex_);
    ids_.insert(std::this_thread::get_id());
  }
  size_t count() const { return ids_.size(); }

 private:
  std::mutex mutex_;
  std::set<std::thread::id> ids_;
};

// Two strata; a positive comes from two patients of one stratum. Scores in steps: there are ties.
inline std::vector<ScoredCase> some_cases(Rng& rng, int patients, double shift) {
  std::vector<ScoredCase> cases;
  for (int p = 0; p < patients; ++p) {
    cases.push_back({std::round(4 * rng.normal()) / 4, false, p % 2, {p}});
    const int other = (p + 2) % patients;
    cases.push_back({std::round(4 * (rng.normal() + shift)) / 4, true, p % 2, {p, other}});
  }
  return cases;
}

}  // namespace mammograft
