#include "pages/assessment_json.h"

#include "core/finite_json.h"
#include "core/options.h"
#include "core/version.h"
#include "graft/appearance.h"
#include "pages/assessment_tables.h"

namespace mammograft {
namespace {

Json spread_json(const Spread& spread) {
  return {{"mean", finite_json(spread.mean)},
          {"median", finite_json(spread.median)},
          {"p5", finite_json(spread.low)},
          {"p95", finite_json(spread.high)}};
}

Json measures_json(const AssessedSet& set) {
  return {{"name", set.name},
          {"masses", set.masses.size()},
          {"left_out", set.left_out},
          {"contrast", finite_json(set.contrast)},
          {"conspicuity", spread_json(set.conspicuity)},
          {"detector_score", spread_json(set.detector_score)},
          {"seam", spread_json(set.seam)},
          {"high_frequency", spread_json(set.high_frequency)}};
}

Json area_json(const AucEstimate& area) {
  return {{"value", finite_json(area.value)},
          {"low", finite_json(area.interval.low)},
          {"high", finite_json(area.interval.high)}};
}

Json auc_json(const AssessedSet& set) {
  Json seeds = Json::array();
  for (double value : set.seed_auc) seeds.push_back(finite_json(value));
  Json json = area_json(set.auc);
  json.update({{"tested", set.auc.positives},
               {"tested_real", set.auc.negatives},
               {"in_two_folds", set.two_folds},
               {"seeds", seeds}});
  return json;
}

// By all measures of appearance, and by each group of them; nothing where nobody told apart.
Json appearance_json(const AssessedSet& set) {
  Json json = {{"all", area_json(set.appearance_auc)}};
  for (size_t g = 0; g < set.appearance_group_auc.size(); ++g)
    json[kAppearanceGroups[g].key] = area_json(set.appearance_group_auc[g]);
  return json;
}

Json transfer_json(const AssessedSet& set) {
  return {{"masses", set.transfer.masses},
          {"ratio_of_means", finite_json(set.transfer.ratio_of_means)},
          {"ratio_low", finite_json(set.ratio_of_means.low)},
          {"ratio_high", finite_json(set.ratio_of_means.high)},
          {"median_ratio", finite_json(set.transfer.median_ratio)},
          {"slope", finite_json(set.transfer.slope)},
          {"slope_low", finite_json(set.slope.low)},
          {"slope_high", finite_json(set.slope.high)},
          {"correlation", finite_json(set.transfer.correlation)},
          {"invisible_share", finite_json(set.transfer.invisible_share)}};
}

Json bands_json(const Provenance::Detail::Bands& bands) {
  return {finite_json(bands[0]), finite_json(bands[1])};
}

Json detail_json(const DetailSummary& detail) {
  Json low = Json::array(), high = Json::array();
  for (const Interval& interval : detail.salient_lesion_interval) {
    low.push_back(finite_json(interval.low));
    high.push_back(finite_json(interval.high));
  }
  return {{"lesion", bands_json(detail.lesion)},
          {"background", bands_json(detail.background)},
          {"salient_lesion", bands_json(detail.salient_lesion)},
          {"salient_lesion_low", low},
          {"salient_lesion_high", high},
          {"salient_background", bands_json(detail.salient_background)},
          {"points", detail.points},
          {"surviving", detail.surviving},
          {"survival", finite_json(detail.survival)},
          {"survival_low", finite_json(detail.survival_interval.low)},
          {"survival_high", finite_json(detail.survival_interval.high)}};
}

Json shift_json(const Shift& shift) {
  return {{"shift", finite_json(shift.value)},
          {"shift_low", finite_json(shift.interval.low)},
          {"shift_high", finite_json(shift.interval.high)},
          {"distance", finite_json(shift.distance)}};
}

Json set_json(const AssessedSet& set) {
  Json json = measures_json(set);
  json["auc"] = auc_json(set);
  json["appearance_auc"] = appearance_json(set);
  json["contrast_transfer"] = transfer_json(set);
  json["dilation_mm"] = set.dilation_mm;
  json["detail"] = detail_json(set.detail);
  json["conspicuity"].update(shift_json(set.conspicuity_shift));
  json["detector_score"].update(shift_json(set.detector_score_shift));
  json["background"] = {{"before", finite_json(set.background_before)},
                        {"after", finite_json(set.background_change)},
                        {"share_changed", finite_json(set.background_share)},
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
