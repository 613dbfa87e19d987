// Scores detections against the truth: FROC, TPR at given FPPI with intervals, by groups of masses.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cohort/cohort.h"
#include "core/json.h"
#include "evaluate/froc.h"
#include "evaluate/leak.h"
#include "evaluate/matching.h"
#include "evaluate/named_detections.h"
#include "evaluate/tpr_intervals.h"
#include "stats/bootstrap_options.h"
#include "stats/interval.h"

namespace mammograft {

struct EvaluateOptions {
  MatchingOptions matching;
  std::vector<double> fppi = {0.1, 0.25, 0.5, 0.8, 1, 2, 4};
  std::string fppi_over = "all";
  std::string pool = "auto";
  std::vector<std::string> categories;
  std::vector<std::string> groups;
  std::vector<double> size_bins_mm = {10, 20, 30};
  bool allow_leak = false;
  BootstrapOptions bootstrap;
  template <typename V>
  void fields(V&& v) {
    matching.fields(v);
    v("fppi", fppi, "false positives per image at which the TPR is given");
    v.choice("fppi_over", fppi_over, {"all", "normal"},
             "images over which false positives are counted: all, or those of status normal");
    v.choice("pool", pool, {"auto", "yes", "no"},
             "take several detections files as one result (folds); auto: when no image is in two");
    v("categories", categories, "names of the categories to score; none: all of the truth");
    v("groups", groups,
      "split the masses by these: size, view, laterality, mask_origin, or an attribute; none: "
      "conspicuity, shape, size and view, where the truth tells them");
    v("size_bins_mm", size_bins_mm, "borders of the size groups, mm, ascending");
    v("allow_leak", allow_leak, "score a model even on patients from whom it learnt");
    v.group("bootstrap", bootstrap);
  }
};

struct OperatingPoint {
  double fppi_limit = 0;  // the x of "TPR at x"
  FrocPoint point;        // threshold, counts, and the FPPI in fact reached
  Interval tpr;           // NaN without a bootstrap
};

// Masses that share a property. Groups are read at the operating points of the whole, so the false
// positives are those of all images and the groups' hits add up to the whole's.
struct GroupResult {
  std::string by;     // "size"
  std::string group;  // "10-20 mm"
  int masses = 0;
  std::vector<int> found;        // [operating point]
  std::vector<double> tpr;       // [operating point]
  std::vector<Interval> bounds;  // [operating point]
};

struct EvaluationCounts {
  int patients = 0, images = 0, normal_images = 0, fppi_images = 0;
  int masses = 0, ignored_regions = 0;
  int detections = 0, hits = 0, duplicates = 0, ignored = 0, false_positives = 0;
  int without_mask = 0;         // detections scored by their filled box under mask-iou
  int patients_without_id = 0;  // images without patient_id: each its own patient
};

// One detector, or one detector trained per fold and pooled.
struct SetResult {
  std::string name;
  std::vector<std::string> files;
  bool provenance_known = false;         // every file told from whom its model learnt
  int leaked_patients = 0;               // > 0 only with allow_leak
  std::shared_ptr<const Cohort> cohort;  // the part of the truth that was scored
  Truth truth;                           // points into *cohort
  std::vector<Detection> detections;     // of all files, in order, of the scored categories
  std::vector<Match> matches;            // [detections]
  EvaluationCounts counts;
  FrocData data;
  Froc froc;
  std::vector<OperatingPoint> operating_points;  // [fppi], ascending
  std::vector<GroupResult> groups;
  std::vector<double> band_fppi;  // where the band of the curve is known, ascending
  std::vector<Interval> band;     // pointwise
};

struct EvaluateResult {
  EvaluateOptions options;
  std::vector<SetResult> sets;
};

// Which images count: those listed as searched by the files' meta, with or without detections; all
// of the truth where a file has no such list. Throws bad_input: an image or category that the truth
// does not have, a score or box that is not finite, pooled files that share an image, a leak (see
// leak.h), no normal image under fppi_over normal, a group that no mass has; usage: bad options.
EvaluateResult evaluate(const Cohort& truth, const std::vector<NamedDetections>& files,
                        const EvaluateOptions& options);

// metrics.json. The curve is given by its corners: the points at which the TPR grows, and the last.
Json metrics_json(const EvaluateResult& result);
std::vector<FrocPoint> corners(const Froc& froc);

// The point of the curve for galleries and headlines: the limit nearest to `fppi`.
const OperatingPoint& operating_point_near(const SetResult& set, double fppi);

}  // namespace mammograft
