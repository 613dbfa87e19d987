#include "stats/times_block.h"

#include "core/error.h"
#include "core/target_clones.h"

namespace mammograft {

Times TimesBlock::lane(size_t lane) const {
  Times times(patients());
  for (size_t p = 0; p < times.size(); ++p) times[p] = times_[p * kLanes + lane];
  return times;
}

void TimesBlock::set(size_t lane, const Times& times) {
  ensure(times.size() == patients(), "a block of {} patients got {}", patients(), times.size());
  for (size_t p = 0; p < times.size(); ++p) set(lane, static_cast<int>(p), times[p]);
}

void TimesBlock::set(size_t lane, int patient, int times) {
  ensure(times >= 0 && times <= 255, "a patient counts {} times in a resample", times);
  times_[static_cast<size_t>(patient) * kLanes + lane] = static_cast<uint8_t>(times);
}

namespace {

MAMMOGRAFT_CLONES_V3 void add_products(const uint8_t* times, const std::vector<int>& count,
                                       int64_t* sum) {
  for (size_t p = 0; p < count.size(); ++p) {
    if (count[p] == 0) continue;
    for (size_t l = 0; l < kLanes; ++l) sum[l] += int64_t{count[p]} * times[p * kLanes + l];
  }
}

}  // namespace

Lanes<int64_t> TimesBlock::total(const std::vector<int>& count) const {
  ensure(count.size() <= patients(), "a block of {} patients got counts of {}", patients(),
         count.size());
  Lanes<int64_t> sum{};
  add_products(times_.data(), count, sum.data());
  return sum;
}

}  // namespace mammograft
