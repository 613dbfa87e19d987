// How ImageNet's weights expect their three channels: (x - mean) / deviation, x in [0, 1].
#pragma once

#include <array>

namespace mammograft {

inline constexpr std::array<float, 3> kImagenetMean{0.485f, 0.456f, 0.406f};
inline constexpr std::array<float, 3> kImagenetDeviation{0.229f, 0.224f, 0.225f};

}  // namespace mammograft
