// Which anchor or proposal answers for which mass, and which of them a loss looks at.
#pragma once

#include <torch/types.h>

#include "core/rng.h"

namespace mammograft {

inline constexpr int64_t kBackground = -1;  // matched to nothing
inline constexpr int64_t kBetween = -2;  // overlaps too much for background, too little for a match

// iou [G, R] (truth x anchors) -> [R]: index of the matched truth, kBackground or kBetween.
// With `keep_best`, every truth also takes the anchors with which it overlaps most, however little
// (Faster R-CNN §3.1.2 (i)). G may be 0.
torch::Tensor match(const torch::Tensor& iou, double fg_iou, double bg_iou, bool keep_best);

// Background entries of which more than half lies in an ignored region become kBetween: no loss
// looks at them. boxes [R, 4], ignored [I, 4]. Changes `matches` in place.
void exclude_ignored(torch::Tensor& matches, const torch::Tensor& boxes,
                     const torch::Tensor& ignored);
// Boxes without an area stand for none at all (fixed_lengths.h): they become kBetween.
void exclude_empty(torch::Tensor& matches, const torch::Tensor& boxes);

// S = min(count, R) places for entries, so that nobody has to wait for how many there are.
struct Samples {
  torch::Tensor index;     // [S] int64, distinct; positive ones first
  torch::Tensor positive;  // [S] bool
  torch::Tensor used;      // [S] bool; the others found no entry, and no loss may look at them
  int64_t most_positive;   // positive ones are among the first so many
};
// A random choice of up to `count` entries, at most positive_share of them positive; the negatives
// fill up. `matches` [R] as from match(). Each entry draws one number, in order, wherever `matches`
// is: entries behind it, and the device, do not change what it draws.
Samples sample_balanced(const torch::Tensor& matches, int64_t count, double positive_share,
                        Rng& rng);

}  // namespace mammograft
