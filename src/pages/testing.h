// Results made by hand, for the tests of the pages: every number in them is known.
#pragma once

#include <cmath>
#include <filesystem>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include "evaluate/evaluate.h"
#include "image/image_io.h"
#include "pages/assessed_run.h"
#include "report/html.h"
#include "report/plot.h"

namespace mammograft {

// The rule of the evaluation stands at the end of every row.
inline std::string with_rule(const std::string& csv) {
  std::string result;
  for (size_t begin = 0; begin < csv.size();) {
    const size_t end = csv.find('\n', begin);
    result += csv.substr(begin, end - begin) +
              (begin == 0 ? ",rule" : "," + short_rule(EvaluateOptions())) + "\n";
    begin = end + 1;
  }
  return result;
}

inline std::string no_drawing(const Plot&) { return "<svg/>"; }

inline constexpr double kUnknown = MassMeasures::kUnknown;

// Patients p/1 and p/2 with a mass in the CC (images 1, 3) and nothing in the MLO (images 2, 4).
inline Cohort two_patients() {
  Cohort cohort;
  cohort.categories = {{1, "mass"}};
  for (int id = 1; id <= 4; ++id) {
    ImageRecord image;
    image.id = id;
    image.file_name = std::to_string(id) + ".png";
    image.width = image.height = 100;
    image.patient_id = "p/" + std::to_string((id + 1) / 2);
    image.laterality = "L";
    image.view = id % 2 ? "CC" : "MLO";
    image.status = id % 2 ? Status::mass : Status::normal;
    cohort.images.push_back(image);
    if (id % 2 == 0) continue;
    Annotation mass;
    mass.id = 10 + id;
    mass.image_id = id;
    mass.bbox = {20, 20, 40, 40};
    mass.size_mm = 3.0 + id;
    mass.attributes["conspicuity"] = "subtle";
    cohort.annotations.push_back(mass);
  }
  return cohort;
}

inline void write_pixels(Cohort& cohort, const std::filesystem::path& folder) {
  cohort.folder = folder;
  for (const ImageRecord& image : cohort.images) {
    cv::Mat pixels(image.height, image.width, CV_16UC1, cv::Scalar(20000));
    pixels(cv::Rect(20, 20, 20, 20)) = 40000;
    write_png(folder / image.file_name, pixels);
  }
}

// Detections of two_patients(): the mass on image 1 is hit (0.9) and hit again (0.3), that on
// image 3 never; false positives on images 3 (0.7) and 2 (0.4).
inline SetResult hand_made_set(Cohort cohort = two_patients()) {
  SetResult set;
  set.name = "ours";
  set.files = {"a.json", "b.json"};
  set.cohort = std::make_shared<const Cohort>(std::move(cohort));
  set.truth = index_truth(*set.cohort);
  set.detections = {{1, 1, {20, 20, 42, 40}, 0.9, std::nullopt, ""},
                    {3, 1, {60, 60, 80, 80}, 0.7, std::nullopt, ""},
                    {2, 1, {50, 50, 80, 80}, 0.4, std::nullopt, ""},
                    {1, 1, {24, 20, 44, 40}, 0.3, std::nullopt, ""}};
  set.matches = {{Outcome::hit, 0, 0.875},
                 {Outcome::false_positive, -1, 0},
                 {Outcome::false_positive, -1, 0},
                 {Outcome::duplicate, 0, 0.625}};
  set.counts.patients = 2;
  set.counts.images = set.counts.fppi_images = 4;
  set.counts.normal_images = 2;
  set.counts.masses = set.counts.targets = 2;
  set.counts.detections = 4;
  set.counts.hits = set.counts.duplicates = 1;
  set.counts.false_positives = 2;
  set.froc = {4, 2, {{}, {0.9, 1, 0, 0.5, 0}, {0.7, 1, 1, 0.5, 0.25}, {0.4, 1, 2, 0.5, 0.5}}};
  set.operating_points = {{0.25, {0.7, 1, 1, 0.5, 0.25}, {0.125, 0.875}},
                          {0.5, {0.4, 1, 2, 0.5, 0.5}, {kUnknown, kUnknown}}};
  set.groups = {{"size", "0-5 mm", {1, 0}, 1, {1, 1}, {1, 1}, {{0.25, 1}, {kUnknown, kUnknown}}},
                {"size", "5-10 mm", {0, 1}, 1, {0, 0}, {0, 0}, {{0, 0.75}, {kUnknown, kUnknown}}}};
  set.band_fppi = {0.01, 0.1, 0.5};
  set.band = {{0, 0.5}, {0.125, 0.75}, {0.25, 1}};
  return set;
}

inline EvaluateResult hand_made_evaluation(Cohort cohort = two_patients()) {
  EvaluateResult result;
  result.sets.push_back(hand_made_set(std::move(cohort)));
  return result;
}

// Three real masses and the sets "blend" (eight masses, two of them not tested) and "pie" (one), on
// the images of one cohort of twelve; masses have the ids 101, 102, ... in that order.
class HandMadeAssessment {
 public:
  HandMadeAssessment() {
    for (int i = 0; i < 12; ++i) add_image(i);
    assessment.patients = {"p/1", "p/2"};
    assessment.folds.count = 2;
    assessment.folds.fold_of = {{"p/1", 0}, {"p/2", 1}};
    assessment.real.name = "real";
    assessment.real.masses = masses(0, 3);
    assessment.real.contrast = 0.0625;
    assessment.real.left_out = 1;
    assessment.real.conspicuity = {1.125, 1, 0.5, 2};
    assessment.real.detector_score = {0.5, 0.375, 0.25, 1};
    assessment.real.seam = {1.5, 1.25, 0.5, 2};
    assessment.real.high_frequency = {1.125, 1, 0.75, 1.75};
    assessment.sets = {set("blend", 3, 8), set("pie", 11, 1)};
    assessment.sets[0].real_scores = {-1, kUnknown, 1.5};
    assessment.sets[1].real_scores = {-2, -3, -4};
    const double scores[] = {4, -2, kUnknown, 3, -1, 2, kUnknown, 0};
    for (size_t i = 0; i < 8; ++i) assessment.sets[0].masses[i].score = scores[i];
    assessment.sets[1].masses[0].patients = {0, 1};
    assessment.differences = {{0, 1, -0.25, {-0.5, 0.125}, 0.875}};
  }
  HandMadeAssessment(const HandMadeAssessment&) = delete;  // the masses point into the cohort
  HandMadeAssessment& operator=(const HandMadeAssessment&) = delete;

  // Notes which masses are painted, as flat pictures.
  AssessedRun run(uint64_t seed = 1) {
    return {assessment, options, seed, 1, [this](const MassRef& mass, int side_px) {
              const std::lock_guard lock(mutex_);
              painted.push_back(mass.annotation->id);
              const cv::Scalar grey(static_cast<double>(mass.annotation->id));
              return MassPicture{cv::Mat(side_px, side_px, CV_8UC1, grey), 0.25};
            }};
  }

  Cohort cohort;
  Assessment assessment;
  AssessOptions options;
  std::vector<int64_t> painted;

 private:
  void add_image(int i) {
    ImageRecord image;
    image.id = i + 1;
    image.file_name = std::to_string(i + 1) + ".png";
    cohort.images.push_back(image);
    Annotation mass;
    mass.id = 101 + i;
    mass.image_id = image.id;
    cohort.annotations.push_back(mass);
  }

  std::vector<AssessedMass> masses(size_t first, size_t count) {
    std::vector<AssessedMass> masses(count);
    for (size_t i = 0; i < count; ++i) {
      masses[i].ref = {&cohort, &cohort.images[first + i], &cohort.annotations[first + i]};
      masses[i].patients = {static_cast<int>(i % 2)};
      masses[i].measures.contrast = 0.125 * static_cast<double>(i + 1);
    }
    return masses;
  }

  AssessedSet set(const std::string& name, size_t first, size_t count) {
    AssessedSet set;
    set.name = name;
    set.masses = masses(first, count);
    set.two_folds = 2;
    set.dilation_mm = 1.5;
    set.contrast = 0.03125;
    set.seam = {2.5, 2.25, 1.5, 3};
    set.high_frequency = {0.875, 0.5, 0.25, 1.5};
    set.auc.value = 0.625;
    set.auc.interval = {0.5, 0.75};
    set.auc.negatives = 2;
    set.auc.positives = 6;
    set.seed_auc = {0.5, 0.75};
    set.appearance_auc = {0.75, {0.625, 0.875}, 2, 6};
    for (const double value : {0.5, 0.5625, 0.6875, 0.5, 0.625})
      set.appearance_group_auc.push_back({value, {0.375, 0.75}, 2, 6});
    set.transfer = {8, 0.5, 0.25, 0.75, 0.875, 0.125};
    set.ratio_of_means = {0.375, 0.625};
    set.slope = {0.6875, 0.8125};
    set.background_change = 0.0009765625;
    set.background_share = 0.00390625;
    set.background_before = 0.001953125;
    set.conspicuity = {1.25, 1, 0.5, 3};
    set.conspicuity_shift = {0.125, 0.1875, {-0.25, 0.5}};
    set.detector_score = {0.75, 0.75, 0.5, 1};
    set.detector_score_shift = {0.25, 0.5, {0.125, 0.375}};
    set.detail.lesion = {0.5, 0.625};
    set.detail.background = {0.375, kUnknown};
    set.detail.salient_lesion = {0.75, 0.875};
    set.detail.salient_background = {0.25, 0.125};
    set.detail.salient_lesion_interval = {Interval{0.5, 1}, Interval{0.75, 1}};
    set.detail.points = 8;
    set.detail.surviving = 5;
    set.detail.survival = 0.625;
    set.detail.survival_interval = {0.5, 0.75};
    return set;
  }

  std::mutex mutex_;
};

// The one block of a kind; the test fails where the section has none or several.
template <typename Kind>
const Kind& only(const Section& section) {
  const Kind* found = nullptr;
  int count = 0;
  for (const Block& block : section.blocks) {
    if (const auto* kind = std::get_if<Kind>(&block)) found = kind, ++count;
  }
  if (count != 1) throw std::logic_error(section.title + ": found " + std::to_string(count));
  return *found;
}

template <typename Kind>
std::vector<Kind> all_of(const std::vector<Block>& blocks) {
  std::vector<Kind> found;
  for (const Block& block : blocks) {
    if (const auto* kind = std::get_if<Kind>(&block)) found.push_back(*kind);
  }
  return found;
}

}  // namespace mammograft
