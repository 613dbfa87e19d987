// Who draws the figures of a page: gnuplot in the program, a notebook in a test.
#pragma once

#include <functional>
#include <string>

#include "report/plot.h"

namespace mammograft {

using PlotWriter = std::function<std::string(const Plot&)>;  // returns the figure as SVG

}  // namespace mammograft
