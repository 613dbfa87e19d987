// What the networks of blending have in common.
#pragma once

namespace mammograft {

constexpr double kLeakySlope = 0.2;  // of their leaky ReLUs below zero

}  // namespace mammograft
