// Resamples side by side. A statistic that walks over sorted events does so once for all of them:
// the walk's loads and branches cost most, and are shared.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "stats/patient_resampler.h"

namespace mammograft {

constexpr size_t kLanes = 32;  // resamples in a block: a cache line holds two patients

template <typename T>
using Lanes = std::array<T, kLanes>;

// How often each patient counts in each of kLanes resamples; everybody once until set.
class TimesBlock {
 public:
  explicit TimesBlock(size_t patients) : times_(patients * kLanes, 1) {}

  size_t patients() const { return times_.size() / kLanes; }
  const uint8_t* of(int patient) const {  // [kLanes]
    return times_.data() + static_cast<size_t>(patient) * kLanes;
  }
  Times lane(size_t lane) const;
  void set(size_t lane, const Times& times);  // every count at most 255, else a defect
  void set(size_t lane, int patient, int times);

  // Sums of `count[patient]` times how often each patient counts.
  Lanes<int64_t> total(const std::vector<int>& count) const;

 private:
  std::vector<uint8_t> times_;  // [patients][kLanes]
};

}  // namespace mammograft
