#include "stages/operating_points.h"

#include <cmath>

#include "cohort/patients.h"
#include "core/log.h"
#include "detect/detector_file.h"
#include "detect/score_calibration.h"
#include "evaluate/evaluate.h"
#include "evaluate/mark_labels.h"
#include "exchange/results_file.h"
#include "exchange/truth_file.h"
#include "pages/froc_section.h"
#include "stages/place_scores.h"

namespace mammograft {
namespace {

std::vector<OperatingThreshold> thresholds_of(const SetResult& set) {
  std::vector<OperatingThreshold> thresholds;
  for (const OperatingPoint& at : set.operating_points) {
    if (!std::isfinite(at.point.threshold) || std::isnan(at.point.tpr)) {
      log_warning(fmt::format(
          "{:g} false positives per image: nothing found there, so no threshold", at.fppi_limit));
      continue;
    }
    const bool bounds = !std::isnan(at.tpr.low);
    thresholds.push_back({at.fppi_limit, at.point.threshold, at.point.fppi, at.point.tpr,
                          bounds ? at.tpr : Interval{at.point.tpr, at.point.tpr}});
  }
  return thresholds;
}

ScoreCalibration calibration_of(const SetResult& set, const EvaluateOptions& options) {
  const std::vector<LabelledScore> labels = mark_labels(set);
  ScoreCalibration calibration;
  calibration.points = thresholds_of(set);
  calibration.isotonic = fit_isotonic(labels);
  calibration.platt = fit_platt(labels);
  calibration.rule = rule_text(options);
  calibration.patients = set.counts.patients;
  calibration.images = set.counts.images;
  calibration.masses = set.counts.masses;
  for (const ImageRecord& image : set.cohort->images)
    for (const std::string& patient : patients_of(image))
      calibration.patients_hashed.insert(patient);
  return calibration;
}

// Thresholds are for the scores of one model, on nobody from whom it learnt.
void check_model(const fs::path& model, const std::vector<NamedDetections>& files,
                 const Cohort& truth, bool allow_leak) {
  const DetectorInfo info = read_detector_info(model);
  for (const NamedDetections& file : files) {
    if (file.meta) {
      const Json& by = file.meta->model;
      if (by.value("training", Json()) == info.training &&
          by.value("options", Json()) == to_json(info.options))
        continue;
      fail(ErrorKind::bad_input, "{}: found by another model, expected a search with {}", file.name,
           model.string());
    }
    for (const ImageRecord& image : truth.images) {
      if (allow_leak || !info.patients_hashed.contains(image.patient_id)) continue;
      fail(ErrorKind::bad_input, "{}: learnt from patient {}, expected others in {}",
           model.string(), image.patient_id, truth.folder.string());
    }
  }
}

// Both kinds of marks are needed.
void check_set(const SetResult& set, const fs::path& truth) {
  if (set.counts.hits == 0 || set.counts.false_positives == 0) {
    fail(ErrorKind::bad_input, "{}: found {} hits and {} false positives, expected some of each",
         truth.string(), set.counts.hits, set.counts.false_positives);
  }
}

void refuse_changed_scores(const std::vector<NamedDetections>& files) {
  for (const NamedDetections& file : files) {
    if (!file.meta || !file.meta->model.contains("scores_used")) continue;
    fail(ErrorKind::bad_input,
         "{}: its scores were cut or changed already (scores_used), expected those of a plain "
         "search",
         file.name);
  }
}

double mean_tpr(const SetResult& set) {
  double sum = 0;
  for (const OperatingPoint& at : set.operating_points) sum += at.point.tpr;
  return sum / static_cast<double>(set.operating_points.size());
}

std::string tprs_of(const SetResult& set) {
  std::string text;
  for (const OperatingPoint& at : set.operating_points)
    text += fmt::format("{}{:.3f}", text.empty() ? "" : ", ", at.point.tpr);
  return text;
}

// What places say where that is wanted; then `result` is that of the scores by place, each from a
// fit of other patients.
std::optional<PlaceFit> by_place(const Cohort& cohort,
                                 const std::vector<NamedDetections>& detections,
                                 const std::string& wanted, const EvaluateOptions& options,
                                 EvaluateResult& result) {
  if (wanted == "no") return std::nullopt;
  const SetResult& plain = result.sets.front();
  const bool known = breasts_known(plain);
  const auto scores = known ? place_scores(plain, detections) : std::nullopt;
  if (!scores) {
    const std::string why =
        known ? "places: expected hits and false positives of several patients to learn from"
              : "places: expected breast_bbox of every image with a detection";
    if (wanted == "yes") fail(ErrorKind::bad_input, "{}", why);
    log_info(why + "; scores stay as they are");
    return std::nullopt;
  }
  EvaluateResult placed = mammograft::evaluate(cohort, scores->cross_fitted, options);
  const bool better = mean_tpr(placed.sets.front()) > mean_tpr(plain);
  log_info(fmt::format("TPR by score alone {}; by score and place {} (cross-fitted): {}",
                       tprs_of(plain), tprs_of(placed.sets.front()),
                       better || wanted == "yes" ? "places count" : "scores stay as they are"));
  if (!better && wanted == "auto") return std::nullopt;
  result = std::move(placed);
  return scores->fit;
}

}  // namespace

EvaluateOptions OperatingPointsOptions::evaluation() const {
  EvaluateOptions options;
  options.matching = matching;
  options.unit = unit;
  options.fppi = fppi;
  options.fppi_over = fppi_over;
  options.pool = "yes";
  options.categories = categories;
  options.allow_leak = allow_leak;
  options.bootstrap = bootstrap;
  options.strata = strata;
  return options;
}

std::vector<fs::path> OperatingPointsStage::inputs() const {
  std::vector<fs::path> paths = {model, truth};
  for (const fs::path& file : files) {
    paths.push_back(file);
    paths.push_back(detections_meta_path(file));
  }
  return paths;
}

void OperatingPointsStage::run(const RunContext& context) {
  (void)read_detector_info(model);  // before the work
  const Cohort cohort = read_truth(truth, points.exchange.truth);
  std::vector<NamedDetections> detections;
  for (const fs::path& file : files)
    detections.push_back(read_results(file, cohort, points.exchange));
  const EvaluateOptions options = for_run(points.evaluation(), context);
  refuse_changed_scores(detections);
  check_model(model, detections, cohort, options.allow_leak);
  EvaluateResult result = mammograft::evaluate(cohort, detections, options);
  check_set(result.sets.front(), truth);
  std::optional<PlaceFit> place = by_place(cohort, detections, points.place, options, result);
  ScoreCalibration calibration = calibration_of(result.sets.front(), options);
  calibration.place = std::move(place);
  if (calibration.points.empty()) {
    fail(ErrorKind::bad_input, "{}: no mass is found at any of the rates asked for (--fppi)",
         truth.string());
  }
  if (detections.front().meta) {
    const Json& of = detections.front().meta->model;
    calibration.made_with = {{"looks", of.value("looks", Json())},
                             {"engine", of.value("engine", Json())}};
  }
  store_score_calibration(model, calibration, out);
  for (const OperatingThreshold& point : calibration.points) {
    log_info(fmt::format("{:g} false positives per image: scores from {:.4f}, TPR {:.3f}",
                         point.fppi, point.threshold, point.tpr));
  }
  log_info(fmt::format("{}: use them with: mammograft detect --model {} --operating-point FPPI",
                       out.string(), out.string()));
}

}  // namespace mammograft
