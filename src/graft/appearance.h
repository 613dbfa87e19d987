// How a mass looks, in numbers that need nothing of what it was made from. Where grafts can be told
// from real masses by them, they say by what (assess/regression.h).
#pragma once

#include <array>
#include <vector>

#include "graft/mass_patch.h"

namespace mammograft {

struct AppearanceGroup {
  const char* key;
  const char* title;
  const char* meaning;
  size_t measures;
};

inline constexpr size_t kAppearanceBands = 5;

// In the order of appearance(). Powers are natural logarithms of mean squares, in five bands
// between Gaussian blurs of 0, 0.14, 0.28, 0.56, 1.12 and 2.24 mm.
inline constexpr std::array<AppearanceGroup, 5> kAppearanceGroups = {{
    {"inside", "texture inside", "power of five bands inside the mass, less that around it",
     kAppearanceBands},
    {"rim", "texture at the rim", "power of five bands where a graft ends, less that inside",
     kAppearanceBands},
    {"body", "size and contrast", "logarithm of the radius; contrast", 2},
    {"edges", "directions of edges",
     "how much of the gradients points across the outline: inside, where a graft ends, around", 3},
    {"place", "tissue around", "grey level and power of five bands around the mass",
     1 + kAppearanceBands},
}};

inline constexpr size_t kAppearanceMeasures = [] {
  size_t all = 0;
  for (const AppearanceGroup& group : kAppearanceGroups) all += group.measures;
  return all;
}();

// The groups' measures one after another; NaN where a mass is too small, or has too little of the
// breast around it. `omega` (CV_8UC1 of the patch's size): the mass and what is grafted with it.
// Throws defect when types or sizes differ.
std::vector<double> appearance(const MassPatch& patch, const cv::Mat& omega);

}  // namespace mammograft
