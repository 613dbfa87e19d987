// How many bins the second stage reads of a region: Mask R-CNN §3, figure 4, and torchvision.
#pragma once

namespace mammograft {

inline constexpr int kBoxBins = 7;               // the box head's, along each side
inline constexpr int kMaskBins = 14;             // the mask head's
inline constexpr int kMaskSize = 2 * kMaskBins;  // the mask that it draws, doubled once

}  // namespace mammograft
