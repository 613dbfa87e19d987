// One patient: two breasts, two views each, perhaps a mass in one breast.
#pragma once

#include <opencv2/core.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/rng.h"
#include "phantom/breast_shape.h"
#include "phantom/mass.h"
#include "phantom/phantom_options.h"
#include "phantom/tissue_noise.h"

namespace mammograft {

struct PatientMass {
  Polygon contour_px;
  double size_mm = 0;
  double cnr = 0;
  MassShape shape = MassShape::round;
  std::string margin;
};

struct PatientImage {
  std::string laterality;  // "L" or "R"
  View view = View::cc;
  cv::Mat pixels;  // CV_16UC1, as a reader sees it
  Box breast_box;  // px
  Polygon breast_contour_px;
  Polygon pectoral_contour_px;  // empty in CC
  int density = 0;              // 0..3
  std::optional<PatientMass> mass;
};

// Always four: L CC, L MLO, R CC, R MLO.
std::vector<PatientImage> make_patient(const PhantomOptions& options, const TissueNoise& noise,
                                       const Rng& rng);

}  // namespace mammograft
