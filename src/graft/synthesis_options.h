// What a synthesis can be told.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/options.h"
#include "graft/conspicuity_options.h"
#include "graft/intensity_range.h"
#include "graft/lesion_bank.h"
#include "graft/placement.h"

namespace mammograft {

struct SynthesisOptions {
  int64_t count = 200;
  int64_t attempts = 20;
  std::string views = "one";
  std::vector<double> mm_per_px;
  LesionBankOptions lesion;
  PlacementOptions placement;
  ConspicuityOptions conspicuity;
  IntensityOptions intensity;
  template <typename V>
  void fields(V&& v) {
    v("count", count, "synthetic images to make");
    fields_of_an_image(v);
  }
  // All but how many there are.
  template <typename V>
  void fields_of_an_image(V&& v) {
    v("attempts", attempts, "pairs of lesion and background to try for an image before giving up");
    v.choice("views", views, {"one", "both"},
             "both: every lesion in the CC and in the MLO image of a breast, equally far from the "
             "nipple: two images for each, whatever the placement's view says. Breasts that lack a "
             "view are left out");
    v("mm_per_px", mm_per_px,
      "pixel size of images that do not state theirs: one value, or row and column");
    v.group("lesion", lesion);
    conspicuity.fields(v);
    v.group("placement", placement);
    v.group("intensity", intensity);
  }
};

// Throws usage for what cannot be, but for the count.
inline void check(const SynthesisOptions& options) {
  expect_at_least("attempts", static_cast<double>(options.attempts), 1);
  check(options.lesion);
  check(options.conspicuity);
  check(options.placement);
  check(options.intensity);
}

}  // namespace mammograft
