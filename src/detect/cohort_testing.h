// A small cohort of breasts drawn by formula, for the tests of detect. Only for *_test.cc files.
#pragma once

#include <cmath>
#include <filesystem>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <string>

#include "cohort/cohort.h"
#include "image/image_io.h"

namespace mammograft {

inline constexpr int kTestHeight = 120, kTestWidth = 96;
inline constexpr double kTestMassRadius = 9;

inline Point test_mass_center(int64_t id) {
  return {24.0 + 6.0 * static_cast<double>(id), 48.0 + 8.0 * static_cast<double>(id)};
}

// A half disc on the left border, brighter within the mass.
inline cv::Mat test_breast(const Point* mass) {
  cv::Mat pixels(kTestHeight, kTestWidth, CV_16UC1, cv::Scalar(0));
  for (int y = 0; y < kTestHeight; ++y) {
    for (int x = 0; x < kTestWidth; ++x) {
      const double dy = (y + 0.5 - kTestHeight / 2.0) / 55, dx = (x + 0.5) / 85;
      const double r = dx * dx + dy * dy;
      if (r >= 1) continue;
      const bool in_mass =
          mass && std::hypot(x + 0.5 - mass->x, y + 0.5 - mass->y) < kTestMassRadius;
      pixels.at<uint16_t>(y, x) =
          cv::saturate_cast<uint16_t>(in_mass ? 60000 : 20000 + 15000 * (1 - r));
    }
  }
  return pixels;
}

inline Polygon test_circle(Point center, double radius) {
  Polygon circle;
  for (int i = 0; i < 48; ++i) {
    const double a = 2 * CV_PI * i / 48;
    circle.push_back({center.x + radius * std::cos(a), center.y + radius * std::sin(a)});
  }
  return circle;
}

// Adds an image with a mass of that outline (status mass) or without one.
inline void add_test_image(Cohort& cohort, Status status, MaskOrigin origin = MaskOrigin::contour) {
  const auto id = static_cast<int64_t>(cohort.images.size()) + 1;
  const Point center = test_mass_center(id);
  ImageRecord image;
  image.id = id;
  image.file_name = "image-" + std::to_string(id) + ".png";
  image.width = kTestWidth;
  image.height = kTestHeight;
  image.patient_id = "test/patient-" + std::to_string(id);
  image.view = "CC";
  image.status = status;
  write_png(cohort.folder / image.file_name,
            test_breast(status == Status::mass ? &center : nullptr));
  cohort.images.push_back(image);
  if (status != Status::mass) return;
  Annotation mass;
  mass.id = id;
  mass.image_id = id;
  mass.bbox = {center.x - kTestMassRadius, center.y - kTestMassRadius, center.x + kTestMassRadius,
               center.y + kTestMassRadius};
  mass.mask_origin = origin;
  if (origin != MaskOrigin::box)
    mass.segmentation = std::vector<Polygon>{test_circle(center, kTestMassRadius)};
  cohort.annotations.push_back(mass);
}

inline Cohort test_cohort(const std::filesystem::path& folder,
                          MaskOrigin origin = MaskOrigin::contour) {
  Cohort cohort;
  cohort.folder = folder;
  std::filesystem::create_directories(folder);
  cohort.categories = {{1, "mass"}};
  add_test_image(cohort, Status::mass, origin);
  add_test_image(cohort, Status::normal);
  add_test_image(cohort, Status::mass, origin);
  return cohort;
}

// Five patients with a mass and five without.
inline Cohort cohort_to_divide(const std::filesystem::path& folder) {
  Cohort cohort;
  cohort.folder = folder;
  std::filesystem::create_directories(folder);
  cohort.categories = {{1, "mass"}};
  for (int i = 0; i < 5; ++i) add_test_image(cohort, Status::mass);
  for (int i = 0; i < 5; ++i) add_test_image(cohort, Status::normal);
  return cohort;
}

}  // namespace mammograft
