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

struct Samples {
  torch::Tensor positive, negative;  // indices, int64
};
// A random choice of up to `count` entries, at most positive_share of them positive; the negatives
// fill up. `matches` as from match().
Samples sample_balanced(const torch::Tensor& matches, int64_t count, double positive_share,
                        Rng& rng);

}  // namespace mammograft
