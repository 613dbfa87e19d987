// The chance that a positive outranks a negative, both weighted, ties counting half: the AUC, and
// with lesions as positives and whole cases as negatives the free-response areas.
#pragma once

#include <vector>

#include "stats/times_block.h"

namespace mammograft {

struct RankedItem {
  double score = 0;  // -infinity: ties with others of the kind; not NaN
  bool positive = false;
  double weight = 1;
  int patient = 0;
};

// For many resamples: the items are sorted once, a block of resamples is one pass over them.
class RankArea {
 public:
  // The order of the items does not matter, not even for rounding.
  explicit RankArea(std::vector<RankedItem> items);
  double value() const;  // everybody once; NaN without a negative or a positive
  Lanes<double> at(const TimesBlock& times) const;

 private:
  std::vector<RankedItem> items_;  // by rising score
  size_t patients_ = 0;
};

}  // namespace mammograft
