#include "stats/rank_area.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

#include "core/error.h"
#include "core/target_clones.h"

namespace mammograft {
namespace {

auto key_of(const RankedItem& item) {
  return std::tie(item.score, item.positive, item.weight, item.patient);
}

// Weighted counts of every lane along the walk.
struct Tally {
  Lanes<double> negatives{}, positives{}, tied{}, wins{};  // tied: negatives of the last score
};

// Negatives stand before the positives that they tie with, so one walk suffices: at a positive
// `negatives` holds those below it and those of its tie.
MAMMOGRAFT_CLONES_V3 void walk(const std::vector<RankedItem>& items, const uint8_t* times,
                               Tally& tally) {
  double tie = std::numeric_limits<double>::quiet_NaN();
  for (size_t i = 0; i < items.size(); ++i) {
    const RankedItem& item = items[i];
    // The table of many patients is larger than the cache next to the processor.
    const RankedItem& ahead = items[std::min(i + 12, items.size() - 1)];
    __builtin_prefetch(times + static_cast<size_t>(ahead.patient) * kLanes);
    const uint8_t* count = times + static_cast<size_t>(item.patient) * kLanes;
    const double weight = item.weight;
    if (item.score != tie) {
      tally.tied.fill(0);
      tie = item.score;
    }
    if (item.positive) {
      for (size_t l = 0; l < kLanes; ++l) {
        const double w = weight * count[l];
        tally.positives[l] += w;
        tally.wins[l] += w * (tally.negatives[l] - tally.tied[l] / 2);
      }
    } else {
      for (size_t l = 0; l < kLanes; ++l) {
        const double w = weight * count[l];
        tally.negatives[l] += w;
        tally.tied[l] += w;
      }
    }
  }
}

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

Lanes<double> RankArea::at(const TimesBlock& times) const {
  ensure(times.patients() >= patients_, "rank area of {} patients asked for {}", patients_,
         times.patients());
  Tally tally;
  walk(items_, times.of(0), tally);
  Lanes<double> area;
  for (size_t l = 0; l < kLanes; ++l) {
    const double pairs = tally.negatives[l] * tally.positives[l];
    area[l] = pairs > 0 ? tally.wins[l] / pairs : std::numeric_limits<double>::quiet_NaN();
  }
  return area;
}

}  // namespace mammograft
