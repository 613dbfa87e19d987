#include "evaluate/evaluate.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "cohort/box_form.h"
#include "core/error.h"
#include "core/log.h"
#include "evaluate/score_set.h"

namespace mammograft {
namespace {

void check_values(const NamedDetections& file) {
  for (size_t i = 0; i < file.detections.size(); ++i) {
    const Detection& detection = file.detections[i];
    if (!std::isfinite(detection.score)) {
      fail(ErrorKind::bad_input, "{}: [{}].score: found {}, expected a finite number", file.name, i,
           detection.score);
    }
    const Box& box = detection.bbox;
    for (double value : {box.x0, box.y0, box.x1, box.y1}) {
      if (!std::isfinite(value)) {
        fail(ErrorKind::bad_input, "{}: [{}].bbox: found {}, expected finite numbers", file.name, i,
             value);
      }
    }
  }
}

// Scores of boxes in another form are near zero, which looks like a bad detector.
void warn_of_odd_boxes(const Cohort& truth, const NamedDetections& file) {
  std::map<int64_t, const ImageRecord*> images;
  for (const ImageRecord& image : truth.images) images[image.id] = &image;
  BoxForm form;
  for (const Detection& detection : file.detections) {
    const ImageRecord& image = *images.at(detection.image_id);
    form.add(detection.bbox, image.width, image.height);
  }
  const std::string suspicion = form.suspicion();
  if (!suspicion.empty()) log_warning(file.name + ": " + suspicion);
}

// Whose order in the file says nothing: patients are numbered, and drawn, as they come.
Cohort in_order(Cohort truth) {
  std::sort(truth.images.begin(), truth.images.end(),
            [](const ImageRecord& a, const ImageRecord& b) { return a.id < b.id; });
  std::sort(truth.annotations.begin(), truth.annotations.end(),
            [](const Annotation& a, const Annotation& b) { return a.id < b.id; });
  return truth;
}

// Those of the set whose curve goes furthest.
void share_band_places(std::vector<SetResult>& sets) {
  std::vector<double> widest;
  for (const SetResult& set : sets)
    if (widest.empty() || set.band_fppi.back() > widest.back()) widest = set.band_fppi;
  for (SetResult& set : sets) set.band_fppi = widest;
}

// A gain that a result has no room for is no reason to lose all else.
void add_power(const SetResult& set, const PowerOptions& options, EvaluateResult& result) {
  try {
    result.power.push_back(simulate_power(set, options));
  } catch (const Error& error) {
    result.comparison.notes.push_back(
        fmt::format("{}: no simulation of power: {}", set.name, error.what()));
  }
}

EvaluateResult evaluate_pools(const Cohort& truth, const std::vector<Pool>& pools,
                              EvaluateOptions options, const SystemScope& scope = {}) {
  EvaluateResult result{std::move(options), {}, {}, {}};
  for (const Pool& pool : pools)
    for (const NamedDetections* file : pool.files) warn_of_odd_boxes(truth, *file);
  for (const Pool& pool : pools) result.sets.push_back(score_set(truth, pool, result.options));
  if (scope.keep_resamples) share_band_places(result.sets);
  result.comparison = compare_systems(result.sets, result.options, scope);
  if (result.options.power_gain > 0) {
    PowerOptions power;
    power.gain = result.options.power_gain;
    power.loss = result.options.power_loss;
    power.seed = result.options.bootstrap.seed;
    power.threads = result.options.bootstrap.threads;
    for (const SetResult& set : result.sets) add_power(set, power, result);
  }
  return result;
}

}  // namespace

EvaluateResult evaluate(const Cohort& truth, const std::vector<NamedDetections>& files,
                        const EvaluateOptions& options) {
  const EvaluateOptions sound = checked(options);
  for (const NamedDetections& file : files) check_values(file);
  const Cohort sorted = in_order(truth);
  return evaluate_pools(sorted, make_pools(sorted, files, sound.pool), sound);
}

EvaluateResult evaluate(const Cohort& truth, const std::vector<SystemRun>& runs,
                        const EvaluateOptions& options, const SystemScope& scope) {
  const EvaluateOptions sound = checked(options);
  for (const SystemRun& run : runs)
    for (const NamedDetections& file : run.files) check_values(file);
  const Cohort sorted = in_order(truth);
  return evaluate_pools(sorted, make_pools(sorted, runs), sound, scope);
}

}  // namespace mammograft
