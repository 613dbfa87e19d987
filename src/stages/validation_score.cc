#include "stages/validation_score.h"

#include "evaluate/evaluate.h"

namespace mammograft {

double validation_score(const Cohort& truth, const std::vector<Detection>& detections,
                        int threads) {
  EvaluateOptions options;
  options.fppi = {0.25, 0.5, 1, 2};
  options.bootstrap.resamples = 0;
  options.bootstrap.threads = threads;
  options.allow_leak = true;  // the model's own held-out patients
  const SetResult set =
      evaluate(truth, {{"validation", detections, std::nullopt}}, options).sets.front();
  double sum = 0;
  for (const OperatingPoint& point : set.operating_points) sum += point.point.tpr;
  return sum / static_cast<double>(set.operating_points.size());
}

}  // namespace mammograft
