#include "evaluate/evaluate_options.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/options.h"

namespace mammograft {
namespace {

void sort_unique(std::vector<double>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

void check_share(const char* name, double share) {
  if (!(share >= 0 && share < 1))
    fail(ErrorKind::usage, "{}: found {}, expected from 0 to below 1", name, share);
}

}  // namespace

EvaluateOptions checked(EvaluateOptions options) {
  if (options.fppi.empty()) fail(ErrorKind::usage, "fppi: expected at least one number");
  for (double x : options.fppi) {
    if (!(std::isfinite(x) && x >= 0)) fail(ErrorKind::usage, "fppi: found {}, expected >= 0", x);
  }
  check(options.matching);
  check_share("threshold", options.matching.threshold);
  check_share("ignore_threshold", options.matching.ignore_threshold);
  if (!(std::isfinite(options.matching.distance_mm) && options.matching.distance_mm > 0))
    fail(ErrorKind::usage, "distance_mm: found {}, expected > 0", options.matching.distance_mm);
  check_share("margin", options.margin);
  check_share("power_gain", options.power_gain);
  check_share("power_loss", options.power_loss);
  for (double share : options.specificities) check_share("specificities", share);
  if (!(std::isfinite(options.area_fppi) && options.area_fppi > 0))
    fail(ErrorKind::usage, "area_fppi: found {}, expected > 0", options.area_fppi);
  if (options.permutations < 0)
    fail(ErrorKind::usage, "permutations: found {}, expected >= 0", options.permutations);
  check(options.bootstrap);
  sort_unique(options.fppi);
  sort_unique(options.specificities);
  return options;
}

EvaluateOptions for_run(EvaluateOptions options, const RunContext& context) {
  options.bootstrap.seed = static_cast<int64_t>(context.seed);
  options.bootstrap.threads = context.threads;
  return options;
}

Json options_json(const EvaluateOptions& options) {
  Json json = to_json(options);
  json["bootstrap"]["seed"] = options.bootstrap.seed;  // which is the run's, not a field
  return json;
}

std::string short_rule(const EvaluateOptions& options) {
  const MatchingOptions& matching = options.matching;
  std::string rule = matching.rule;
  if (rule == "iou" || rule == "mask-iou")
    rule += fmt::format(" {} {:g}", matching.assignment == "coco" ? ">=" : ">", matching.threshold);
  if (rule == "distance") rule += fmt::format(" <= {:g} mm", matching.distance_mm);
  const bool ignored = matching.assignment != "coco" && !matching.duplicates_count;
  return fmt::format("{}; {}; further hits {}; unit {}; FPPI over {} images", rule,
                     matching.assignment, ignored ? "ignored" : "false positives", options.unit,
                     options.fppi_over);
}

}  // namespace mammograft
