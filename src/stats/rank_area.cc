#include "stats/rank_area.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

#include "core/error.h"

namespace mammograft {
namespace {

auto key_of(const RankedItem& item) {
  return std::tie(item.score, item.positive, item.weight, item.patient);
}

// Weights of one kind, in each lane.
struct Weights {
  Lanes<double> sum{};
  void add(double weight, const uint8_t* times) {
    for (size_t l = 0; l < kLanes; ++l) sum[l] += weight * times[l];
  }
};

}  // namespace

RankArea::RankArea(std::vector<RankedItem> items) : items_(std::move(items)) {
  for (const RankedItem& item : items_) {
    ensure(!std::isnan(item.score) && item.patient >= 0, "rank area: score {} of patient {}",
           item.score, item.patient);
    patients_ = std::max(patients_, static_cast<size_t>(item.patient) + 1);
  }
  std::sort(items_.begin(), items_.end(),
            [](const RankedItem& a, const RankedItem& b) { return key_of(a) < key_of(b); });
}

double RankArea::value() const { return at(TimesBlock(patients_))[0]; }

// Negatives stand before the positives that they tie with, so one walk suffices: at a positive
// `negatives` holds those below it and those of its tie.
Lanes<double> RankArea::at(const TimesBlock& times) const {
  ensure(times.patients() >= patients_, "rank area of {} patients asked for {}", patients_,
         times.patients());
  Weights negatives, positives, tied;
  Lanes<double> wins{};
  double tie = std::numeric_limits<double>::quiet_NaN();  // score of the negatives in `tied`
  for (const RankedItem& item : items_) {
    const uint8_t* count = times.of(item.patient);
    if (item.score != tie) {
      tied = {};
      tie = item.score;
    }
    if (!item.positive) {
      negatives.add(item.weight, count);
      tied.add(item.weight, count);
      continue;
    }
    positives.add(item.weight, count);
    for (size_t l = 0; l < kLanes; ++l)
      wins[l] += item.weight * count[l] * (negatives.sum[l] - tied.sum[l] / 2);
  }
  Lanes<double> area;
  for (size_t l = 0; l < kLanes; ++l) {
    const double pairs = negatives.sum[l] * positives.sum[l];
    area[l] = pairs > 0 ? wins[l] / pairs : std::numeric_limits<double>::quiet_NaN();
  }
  return area;
}

}  // namespace mammograft
