// Scores detections against the truth: FROC and other figures of merit with intervals, by groups of
// masses, and tests of the differences of systems.
#pragma once

#include <vector>

#include "cohort/cohort.h"
#include "core/json.h"
#include "evaluate/evaluate_options.h"
#include "evaluate/named_detections.h"
#include "evaluate/pooling.h"
#include "evaluate/power.h"
#include "evaluate/set_result.h"
#include "evaluate/systems.h"

namespace mammograft {

struct EvaluateResult {
  EvaluateOptions options;
  std::vector<SetResult> sets;
  SystemComparison comparison;
  std::vector<PowerResult> power;  // [sets], where options.power_gain asks for it
};

// Which images count: those listed as searched by the files' meta, with or without detections; all
// of the truth where a file has no such list. The order of images, masses and detections in their
// files does not matter. Throws bad_input: an image or category that the truth does not have, a
// score or box that is not finite, pooled files that share an image, a leak (see leak.h), no image
// to count over, a group that no mass has; usage: bad options. Where resamples are kept, the bands
// of all sets are known at the same FPPI.
EvaluateResult evaluate(const Cohort& truth, const std::vector<NamedDetections>& files,
                        const EvaluateOptions& options);
EvaluateResult evaluate(const Cohort& truth, const std::vector<SystemRun>& runs,
                        const EvaluateOptions& options, const SystemScope& scope = {});

// metrics.json. The curve is given by its corners: the points at which the TPR grows, and the last.
Json metrics_json(const EvaluateResult& result);
std::vector<FrocPoint> corners(const Froc& froc);

}  // namespace mammograft
