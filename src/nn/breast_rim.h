// How much around the breast's mask a network still sees.
#pragma once

namespace mammograft {

// The mask ends where the skin fades; a rim of it is kept, as a share of the crop's longer side.
inline constexpr double kRimShare = 0.002;

}  // namespace mammograft
