// Cohorts of masses on noise, for the tests of assess. Only for *_test.cc files.
#pragma once

#include <cmath>
#include <filesystem>
#include <opencv2/imgproc.hpp>
#include <string>

#include "cohort/cohort.h"
#include "core/rng.h"
#include "image/image_io.h"
#include "nn/compute.h"

namespace mammograft {

inline constexpr int kNoiseSide = 96, kNoiseRadius = 10;

// Networks as small as the tests' lose more by waiting for each other's threads than they gain.
inline const bool kOneThread = (set_threads(1), true);

// Smooth noise with a soft bright mass in the middle (a little off it).
inline cv::Mat noise_image(uint64_t seed, Point* center) {
  Rng rng(seed);
  cv::Mat pixels(kNoiseSide, kNoiseSide, CV_32FC1);
  for (int y = 0; y < kNoiseSide; ++y) {
    for (int x = 0; x < kNoiseSide; ++x) {
      pixels.at<float>(y, x) = static_cast<float>(rng.normal());
    }
  }
  cv::GaussianBlur(pixels, pixels, {0, 0}, 2);
  *center = {48.0 + static_cast<double>(rng.integer(8)),
             48.0 - static_cast<double>(rng.integer(8))};
  for (int y = 0; y < kNoiseSide; ++y) {
    for (int x = 0; x < kNoiseSide; ++x) {
      const double r = std::hypot(x + 0.5 - center->x, y + 0.5 - center->y) / kNoiseRadius;
      pixels.at<float>(y, x) =
          static_cast<float>(0.35 + 0.2 * pixels.at<float>(y, x) + 0.2 * std::exp(-r * r));
    }
  }
  pixels.convertTo(pixels, CV_16UC1, 65535);
  return pixels;
}

inline ImageRecord noise_record(int64_t id, const std::string& patient) {
  ImageRecord image;
  image.id = id;
  image.file_name = "image-" + std::to_string(id) + ".png";
  image.width = image.height = kNoiseSide;
  image.patient_id = patient;
  image.pixel_spacing_mm = {0.2, 0.2};
  image.status = Status::mass;
  return image;
}

inline Annotation noise_mass(int64_t id, Point center) {
  Annotation mass;
  mass.id = 100 + id;
  mass.image_id = id;
  mass.bbox = {center.x - kNoiseRadius, center.y - kNoiseRadius, center.x + kNoiseRadius,
               center.y + kNoiseRadius};
  mass.segmentation = std::vector<Polygon>{ellipse(mass.bbox)};
  return mass;
}

// `count` patients with one mass each.
inline Cohort noise_cohort(const std::filesystem::path& folder, int count) {
  std::filesystem::create_directories(folder);
  Cohort cohort;
  cohort.folder = folder;
  cohort.categories = {{1, "mass"}};
  for (int64_t id = 1; id <= count; ++id) {
    Point center;
    const cv::Mat pixels = noise_image(static_cast<uint64_t>(id), &center);
    cohort.images.push_back(noise_record(id, "test/" + std::to_string(id)));
    write_png(folder / cohort.images.back().file_name, pixels);
    cohort.annotations.push_back(noise_mass(id, center));
  }
  return cohort;
}

}  // namespace mammograft
