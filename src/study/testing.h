// An experiment made by hand. Only for *_test.cc files.
#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "core/rng.h"
#include "study/outcome.h"

namespace mammograft {

constexpr int kStudyPatients = 40;

// Patients with a mass in the CC and nothing in the MLO; every second mass is large.
inline Cohort study_truth() {
  Cohort cohort;
  cohort.categories = {{1, "mass"}};
  for (int p = 0; p < kStudyPatients; ++p) {
    for (int64_t view = 1; view <= 2; ++view) {
      ImageRecord image;
      image.id = 2 * p + view;
      image.file_name = fmt::format("{}.png", image.id);
      image.width = image.height = 100;
      image.patient_id = fmt::format("p/{}", p);
      image.laterality = "L";
      image.view = view == 1 ? "CC" : "MLO";
      image.status = view == 1 ? Status::mass : Status::normal;
      cohort.images.push_back(image);
    }
    Annotation mass;
    mass.id = p + 1;
    mass.image_id = 2 * p + 1;
    mass.bbox = {10, 10, 30, 30};
    mass.size_mm = p % 2 ? 25 : 12;
    cohort.annotations.push_back(mass);
  }
  return cohort;
}

// Those of a detector that finds the first `found` masses with 0.9, and has one false positive of
// 0.95 on every fifth image: 0.2 a image, so that at 0.1 nothing is found. Two folds by parity of
// the patient.
inline std::vector<NamedDetections> study_files(int found) {
  std::vector<NamedDetections> folds(2);
  for (int p = 0; p < kStudyPatients; ++p) {
    NamedDetections& fold = folds[static_cast<size_t>(p % 2)];
    if (!fold.meta) fold.meta.emplace();
    for (int64_t view = 1; view <= 2; ++view) {
      const int64_t image = 2 * p + view;
      fold.meta->image_ids.push_back(image);
      if (view == 1 && p < found)
        fold.detections.push_back({image, 1, {10, 10, 30, 30}, 0.9, std::nullopt, ""});
      if (image % 5 == 0)
        fold.detections.push_back({image, 1, {60, 60, 80, 80}, 0.95, std::nullopt, ""});
    }
  }
  folds[0].name = "fold 0";
  folds[1].name = "fold 1";
  return folds;
}

inline EvaluateOptions study_options() {
  EvaluateOptions options;
  options.bootstrap.resamples = 400;
  options.permutations = 400;
  return options;
}

// real, pie and blend; `found`: masses of each with seeds 1 and 2.
inline Study three_arms(const std::vector<std::vector<int>>& found) {
  Study study;
  study.arms = {{"real", "real", 0}, {"pie", "pie", 50}, {"blend", "blend", 50}};
  study.points = {{}};
  study.points[0].masses = 30;
  study.seeds = {1, 2};
  for (size_t arm = 0; arm < found.size(); ++arm)
    for (size_t s = 0; s < found[arm].size(); ++s)
      study.trainings.push_back({arm, 0, static_cast<int64_t>(s) + 1, study_files(found[arm][s])});
  return study;
}

}  // namespace mammograft
