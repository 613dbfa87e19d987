// One detector's detections scored, or those of one detector trained per fold and pooled.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "cohort/cohort.h"
#include "evaluate/coco_ap.h"
#include "evaluate/figures.h"
#include "evaluate/froc.h"
#include "evaluate/matching.h"
#include "evaluate/reading.h"
#include "stats/interval.h"

namespace mammograft {

struct OperatingPoint {
  double fppi_limit = 0;  // the x of "TPR at x"
  FrocPoint point;        // threshold, counts, and the FPPI in fact reached
  Interval tpr;           // NaN without a bootstrap
};

// Masses that share a property. Groups are read at the operating points of the whole, so the false
// positives are those of all images and the groups' hits add up to the whole's.
struct GroupResult {
  std::string by;                // "size"
  std::string group;             // "10-20 mm"
  MassGroup members;             // [targets]
  int masses = 0;                // members: masses, or breasts or patients that hold one
  std::vector<int> found;        // [operating point]
  std::vector<double> tpr;       // [operating point]
  std::vector<Interval> bounds;  // [operating point]
};

struct FigureResult {
  FigureName name;
  double value = 0;   // NaN: not known
  Interval interval;  // NaN without a bootstrap
  // Of the AUC by patient of a system with one run (delong_auc.h); NaN of all else.
  Interval delong{std::numeric_limits<double>::quiet_NaN(),
                  std::numeric_limits<double>::quiet_NaN()};
};

// As papers print a cross-validation: each fold scored by itself.
struct FoldTable {
  std::vector<std::string> files;
  std::vector<std::vector<double>> tpr;  // [operating point][fold]; NaN: a fold without a mass
  std::vector<double> mean, deviation;   // [operating point]; n - 1; NaN for fewer than two folds
};

struct CocoResult {
  std::string of;  // "boxes", "masks"
  CocoFigures figures;
};

struct EvaluationCounts {
  int patients = 0, images = 0, normal_images = 0, fppi_images = 0;
  int masses = 0, ignored_regions = 0;
  int targets = 0;  // masses, or the breasts or patients with masses
  int detections = 0, hits = 0, duplicates = 0, ignored = 0, false_positives = 0;
  int without_mask = 0;         // detections scored by their filled box under a rule of masks
  int patients_without_id = 0;  // images without patient_id: each its own patient
};

struct SetResult {
  std::string name;    // for legends
  std::string system;  // several runs of one system share it
  std::vector<std::string> files;
  bool provenance_known = false;         // every file told from whom its model learnt
  int leaked_patients = 0;               // > 0 only with allow_leak
  std::shared_ptr<const Cohort> cohort;  // the part of the truth that was scored
  Truth truth;                           // points into *cohort
  std::vector<Detection> detections;     // of all files, of the scored categories, in an order that
                                         // does not depend on theirs
  std::vector<Match> matches;            // [detections]
  EvaluationCounts counts;
  Reading reading;
  FrocData data;
  Froc froc;
  std::vector<int> fold_of_patient;              // by file; the first where a patient is in several
  std::vector<OperatingPoint> operating_points;  // [fppi], ascending
  std::vector<GroupResult> groups;
  std::vector<double> band_fppi;  // where the band of the curve is known, ascending
  std::vector<Interval> band;     // pointwise
  std::vector<FigureResult> figures;
  FoldTable folds;  // of several files; else empty
  std::vector<CocoResult> coco;
};

// Whether both were scored on the same images.
bool on_same_images(const SetResult& first, const SetResult& second);

// The point of the curve for galleries and headlines: the limit nearest to `fppi`.
const OperatingPoint& operating_point_near(const SetResult& set, double fppi);

}  // namespace mammograft
