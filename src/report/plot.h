// Line figures through gnuplot: <name>.csv, <name>.gp (for restyling) and <name>.svg.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "image/draw.h"

namespace mammograft {

struct Series {
  std::string label;              // in the legend; empty: not in it
  std::vector<double> x, y;       // of equal length; NaN breaks the line
  std::vector<double> low, high;  // a band around y, both empty or as long as band_x
  std::vector<double> band_x;     // where the band is given; empty: at x
  Color color;
  bool steps = false;   // hold the value until the next x (a FROC is not interpolated)
  bool points = false;  // marks on the line
};

struct Plot {
  std::string name;  // of the files, without suffix
  std::string title, x_label, y_label;
  std::vector<Series> series;
  bool log_x = false, log_y = false;
  std::vector<double> x_range, y_range;  // {low, high}; empty: from the data
  std::vector<double> x_ticks, y_ticks;  // labelled places; empty: gnuplot's choice
  bool legend_right = true;              // right bottom corner; false: right top
  int width = 760, height = 430;
};

// Colours that stay distinguishable without red/green vision; repeats after seven.
Color series_color(size_t index);

// Full path of gnuplot, without which there are no figures: whoever ends in some asks for it before
// the work. Throws io when it is not on PATH (names the package).
std::string gnuplot_on_path();

// Runs gnuplot in a temporary folder beside `folder` and moves the three files into it, each
// atomically. Returns the SVG. Throws as gnuplot_on_path(), io when gnuplot fails (its first line
// of complaint), defect for series of unequal lengths.
std::string write_plot(const Plot& plot, const std::filesystem::path& folder);

// The parts, for tests: the script reads `<name>.csv` beside it and writes `<name>.svg`.
std::string plot_csv(const Plot& plot);
std::string plot_script(const Plot& plot);

// An SVG of gnuplot's made fit for a page: no XML prolog, ids prefixed (several figures share the
// page), colours of ink and paper left to the style sheet, `alt` as its accessible name.
std::string inline_svg(const std::string& svg, const std::string& id_prefix,
                       const std::string& alt);

}  // namespace mammograft
