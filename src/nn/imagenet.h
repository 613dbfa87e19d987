// How ImageNet's weights expect their three channels: (x - mean) / deviation, x in [0, 1].
#pragma once

#include <array>

namespace mammograft {

inline constexpr std::array<double, 3> kImagenetMean{0.485, 0.456, 0.406};
inline constexpr std::array<double, 3> kImagenetDeviation{0.229, 0.224, 0.225};

}  // namespace mammograft
