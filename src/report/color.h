// Colours as style sheets and gnuplot write them.
#pragma once

#include <string>

#include "image/draw.h"

namespace mammograft {

std::string hex(Color color);  // "#0072b2"

}  // namespace mammograft
