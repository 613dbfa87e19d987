// Which procedural mammograms are made.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/options.h"

namespace mammograft {

struct PhantomOptions {
  std::string dataset = "phantom";
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
    v("dataset", dataset,
      "name of the data set; patient ids become <dataset>/<id>, so two cohorts of different people "
      "need two names");
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

}  // namespace mammograft
