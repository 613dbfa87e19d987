// Procedural mammograms: the built-in data. Patients with two breasts, two views each, and masses
// of known place, shape and contrast.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "cohort/cohort.h"
#include "core/options.h"
#include "core/progress.h"

namespace mammograft {

struct PhantomOptions {
  int patients = 200;
  int64_t seed = 1;
  int threads = 0;              // 0: all cores; does not change the result, so not described below
  double mm_per_px = 0.2;       // pixel spacing of the images
  double field_width_mm = 160;  // detector, chest wall to air
  double field_height_mm = 220;
  double mass_fraction = 0.3;     // of the patients; one mass, in one breast
  double subtle_fraction = 0.3;   // of the masses, by their target contrast-to-noise ratio
  double obvious_fraction = 0.3;  // of the masses; the rest is moderate
  double mass_contrast = 1.0;     // multiplies the contrast of every mass
  double mass_median_mm = 13;     // diameters are log-normal around it, clipped to 5..40 mm
  double quantum_noise = 0.006;   // standard deviation of log exposure in fat, at 0.2 mm/px
  std::vector<double> density_shares{0.10, 0.40, 0.40, 0.10};  // BI-RADS a, b, c, d
  template <typename V>
  void fields(V&& v) {
    v("patients", patients, "patients, four images each");
    v("seed", seed, "seed of all randomness");
    v("mm_per_px", mm_per_px, "pixel spacing in mm");
    v("field_width_mm", field_width_mm, "image width in mm");
    v("field_height_mm", field_height_mm, "image height in mm");
    v("mass_fraction", mass_fraction, "share of the patients that have a mass");
    v("subtle_fraction", subtle_fraction, "share of the masses that are barely visible");
    v("obvious_fraction", obvious_fraction, "share of the masses that are obvious");
    v("mass_contrast", mass_contrast, "factor on the contrast of every mass");
    v("mass_median_mm", mass_median_mm, "median diameter of the masses in mm");
    v("quantum_noise", quantum_noise, "noise of the logarithm of the exposure behind fat");
    v("density_shares", density_shares, "shares of the BI-RADS density classes a, b, c, d");
  }
};

// Writes `out`/images/<patient>_<L|R>_<CC|MLO>.png (16-bit greyscale, air exactly 0, chest wall at
// the left of a left breast and at the right of a right one) and then `out`/cohort.json; returns
// that cohort. Files of the same name are replaced; whether `out` may hold a finished cohort is the
// caller's affair (stages/stage.h). The same options give the same bytes whatever `threads` is, and
// patient i does not depend on how many patients follow.
//
// On an image: status, breast_bbox, breast_contour and pectoral_contour (exact), acquisition
// {vendor "phantom", bits, density "a".."d"}. On a mass: its contour as one polygon (mask_origin
// contour), size_mm and the attributes
//   lesion_id    "<patient>/m1", the same in both views
//   shape        round | oval | lobulated | irregular | spiculated
//   margin       circumscribed | obscured | indistinct | spiculated
//   conspicuity  obvious | moderate | subtle: by cnr >= 2.2, >= 1.2, below
//   cnr          mean added attenuation within the contour / standard deviation of the tissue
//   around
//
// Throws usage for options out of range, io when a file cannot be written, cancelled on ctrl-C.
Cohort make_phantom(const std::filesystem::path& out, const PhantomOptions& options,
                    Progress& progress);

// The conspicuity class of a contrast-to-noise ratio.
std::string conspicuity_class(double cnr);

}  // namespace mammograft
