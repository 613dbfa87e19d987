// A small cohort of breasts drawn by formula, for tests of grafting. Only for *_test.cc files.
#pragma once

#include <cmath>
#include <filesystem>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <string>

#include "cohort/cohort.h"
#include "core/rng.h"
#include "graft/placement.h"
#include "image/image_io.h"

namespace mammograft {

inline constexpr int kTestSide = 128;  // px, at 0.5 mm: a breast of 6 cm
inline constexpr double kTestSpacing = 0.5;
inline constexpr double kTestRadius = 9;  // of a mass, px

// A half disc on the left border with grain of its own; with `mass` a brighter disc in it.
inline cv::Mat test_mammogram(uint64_t seed, const Point* mass) {
  Rng rng(seed);
  cv::Mat pixels(kTestSide, kTestSide, CV_16UC1, cv::Scalar(0));
  for (int y = 0; y < kTestSide; ++y) {
    for (int x = 0; x < kTestSide; ++x) {
      const double grain = rng.uniform(-600, 600);
      if (std::hypot(y - kTestSide / 2.0, x) > 60) continue;
      const double d = mass ? std::hypot(x + 0.5 - mass->x, y + 0.5 - mass->y) : 1e9;
      pixels.at<uint16_t>(y, x) =
          cv::saturate_cast<uint16_t>(24000 + 40 * x + grain + (d < kTestRadius ? 9000 : 0));
    }
  }
  return pixels;
}

inline Polygon test_disc(Point center, double radius) {
  return ellipse({center.x - radius, center.y - radius, center.x + radius, center.y + radius});
}

// A disc of 8 px, 3000 brighter than what lies around it, on a canvas of 30 x 30.
inline WarpedLesion disc_lesion() {
  WarpedLesion lesion;
  lesion.pixels = cv::Mat(30, 30, CV_32FC1, cv::Scalar(20000));
  lesion.mask = cv::Mat(30, 30, CV_8UC1, cv::Scalar(0));
  cv::circle(lesion.mask, {15, 15}, 8, cv::Scalar(255), cv::FILLED);
  lesion.pixels.setTo(23000, lesion.mask);
  lesion.omega = lesion.mask.clone();
  cv::circle(lesion.omega, {15, 15}, 11, cv::Scalar(255), cv::FILLED);
  lesion.contrast = 3000.0 / 65535;
  return lesion;
}

// Images 1 .. masses with one mass each, then `normals` normal ones, each of a patient of its own.
inline Cohort test_cohort(const std::filesystem::path& folder, int masses, int normals) {
  Cohort cohort;
  cohort.folder = folder;
  cohort.categories = {{1, "mass"}};
  std::filesystem::create_directories(folder / "images");
  for (int i = 1; i <= masses + normals; ++i) {
    ImageRecord image;
    image.id = i;
    image.file_name = "images/" + std::to_string(i) + ".png";
    image.width = image.height = kTestSide;
    image.patient_id = "t/" + std::to_string(i);
    image.view = "CC";
    image.pixel_spacing_mm = {kTestSpacing, kTestSpacing};
    image.breast_contour = {test_disc({0, kTestSide / 2.0}, 60)};
    for (Point& p : image.breast_contour[0]) p.x = std::max(p.x, 0.0);
    image.status = i <= masses ? Status::mass : Status::normal;
    const Point center{24.0 + i, 56.0 + 2.0 * i};
    write_png(folder / image.file_name,
              test_mammogram(static_cast<uint64_t>(i), i <= masses ? &center : nullptr));
    if (i <= masses) {
      Annotation annotation;
      annotation.id = 100 + i;
      annotation.image_id = i;
      annotation.segmentation = std::vector<Polygon>{test_disc(center, kTestRadius)};
      annotation.bbox = bounds(annotation_mask(annotation, image));
      cohort.annotations.push_back(annotation);
    }
    cohort.images.push_back(image);
  }
  write_cohort(cohort);
  return cohort;
}

}  // namespace mammograft
