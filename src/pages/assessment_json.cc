#include "pages/assessment_json.h"

#include <cmath>

#include "core/options.h"
#include "core/version.h"
#include "pages/assessment_tables.h"

namespace mammograft {
namespace {

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json spread_json(const Spread& spread) {
  return {{"mean", number(spread.mean)},
          {"median", number(spread.median)},
          {"p5", number(spread.low)},
          {"p95", number(spread.high)}};
}

Json measures_json(const AssessedSet& set) {
  return {{"name", set.name},
          {"masses", set.masses.size()},
          {"left_out", set.left_out},
          {"contrast", number(set.contrast)},
          {"conspicuity", spread_json(set.conspicuity)},
          {"detector_score", spread_json(set.detector_score)},
          {"seam", spread_json(set.seam)},
          {"high_frequency", spread_json(set.high_frequency)}};
}

Json auc_json(const AssessedSet& set) {
  Json seeds = Json::array();
  for (double value : set.seed_auc) seeds.push_back(number(value));
  return {{"value", number(set.auc.value)},
          {"low", number(set.auc.interval.low)},
          {"high", number(set.auc.interval.high)},
          {"tested", set.auc.positives},
          {"tested_real", set.auc.negatives},
          {"in_two_folds", set.two_folds},
          {"seeds", seeds}};
}

Json transfer_json(const AssessedSet& set) {
  return {{"masses", set.transfer.masses},
          {"ratio_of_means", number(set.transfer.ratio_of_means)},
          {"ratio_low", number(set.ratio_of_means.low)},
          {"ratio_high", number(set.ratio_of_means.high)},
          {"median_ratio", number(set.transfer.median_ratio)},
          {"slope", number(set.transfer.slope)},
          {"slope_low", number(set.slope.low)},
          {"slope_high", number(set.slope.high)},
          {"correlation", number(set.transfer.correlation)},
          {"invisible_share", number(set.transfer.invisible_share)}};
}

Json bands_json(const Provenance::Detail::Bands& bands) {
  return {number(bands[0]), number(bands[1])};
}

Json detail_json(const DetailSummary& detail) {
  Json low = Json::array(), high = Json::array();
  for (const Interval& interval : detail.salient_lesion_interval) {
    low.push_back(number(interval.low));
    high.push_back(number(interval.high));
  }
  return {{"lesion", bands_json(detail.lesion)},
          {"background", bands_json(detail.background)},
          {"salient_lesion", bands_json(detail.salient_lesion)},
          {"salient_lesion_low", low},
          {"salient_lesion_high", high},
          {"salient_background", bands_json(detail.salient_background)},
          {"points", detail.points},
          {"surviving", detail.surviving},
          {"survival", number(detail.survival)},
          {"survival_low", number(detail.survival_interval.low)},
          {"survival_high", number(detail.survival_interval.high)}};
}

Json shift_json(const Shift& shift) {
  return {{"shift", number(shift.value)},
          {"shift_low", number(shift.interval.low)},
          {"shift_high", number(shift.interval.high)},
          {"distance", number(shift.distance)}};
}

Json set_json(const AssessedSet& set) {
  Json json = measures_json(set);
  json["auc"] = auc_json(set);
  json["contrast_transfer"] = transfer_json(set);
  json["dilation_mm"] = set.dilation_mm;
  json["detail"] = detail_json(set.detail);
  json["conspicuity"].update(shift_json(set.conspicuity_shift));
  json["detector_score"].update(shift_json(set.detector_score_shift));
  json["background"] = {{"before", number(set.background_before)},
                        {"after", number(set.background_change)},
                        {"share_changed", number(set.background_share)},
                        {"not_found", set.unknown_backgrounds}};
  return json;
}

}  // namespace

Json assessment_json(const AssessedRun& run) {
  const Assessment& assessment = run.assessment;
  Json sets = Json::array();
  for (const AssessedSet& set : assessment.sets) sets.push_back(set_json(set));
  Json folds = Json::object();
  for (const auto& [patient, fold] : assessment.folds.fold_of) folds[patient] = fold;
  return {{"version", MAMMOGRAFT_VERSION},
          {"seed", run.seed},
          {"options", to_json(run.options)},
          {"real", measures_json(assessment.real)},
          {"sets", sets},
          {"differences", table_json(difference_table(assessment))},
          {"folds", {{"count", assessment.folds.count}, {"fold_of", folds}}}};
}

}  // namespace mammograft
