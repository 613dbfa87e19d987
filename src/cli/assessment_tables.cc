// An assessment as tables and JSON.
#include <cmath>

#include "cli/assessment_report.h"
#include "core/options.h"
#include "core/version.h"

namespace mammograft {
namespace {

Cell finite(double value) { return std::isfinite(value) ? Cell(value) : Cell(); }
Cell whole(int64_t value) { return Cell(value); }
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

Json set_json(const AssessedSet& set) {
  Json json = measures_json(set);
  json["auc"] = auc_json(set);
  json["contrast_transfer"] = transfer_json(set);
  json["background"] = {{"before", number(set.background_before)},
                        {"after", number(set.background_change)},
                        {"share_changed", number(set.background_share)},
                        {"not_found", set.unknown_backgrounds}};
  return json;
}

// What a real and a synthetic set have in common, then what only a synthetic one has.
std::vector<Cell> row_of(const AssessedSet& set, bool synthetic) {
  std::vector<Cell> row = {set.name, whole(static_cast<int64_t>(set.masses.size())),
                           whole(set.left_out)};
  if (synthetic) {
    row.insert(row.end(),
               {whole(set.auc.positives), finite(set.auc.value), finite(set.auc.interval.low),
                finite(set.auc.interval.high), finite(set.contrast),
                finite(set.transfer.ratio_of_means), finite(set.transfer.median_ratio),
                finite(set.transfer.slope), finite(set.slope.low), finite(set.slope.high),
                finite(set.transfer.correlation), finite(set.transfer.invisible_share)});
  } else {
    row.insert(row.end(), 12, Cell());
    row[7] = finite(set.contrast);
  }
  for (const Spread& spread : {set.seam, set.high_frequency}) {
    row.insert(row.end(), {finite(spread.mean), finite(spread.median), finite(spread.low),
                           finite(spread.high)});
  }
  row.insert(row.end(), {synthetic ? finite(set.background_before) : Cell(),
                         synthetic ? finite(set.background_change) : Cell(),
                         synthetic ? finite(set.background_share) : Cell()});
  return row;
}

void add_masses(const Assessment& assessment, const AssessedSet& set, bool synthetic,
                const AssessedSet& networks, Table& table) {
  for (size_t i = 0; i < set.masses.size(); ++i) {
    const AssessedMass& mass = set.masses[i];
    const double score = synthetic ? mass.score : networks.real_scores[i];
    std::string patients;
    for (int patient : mass.patients) {
      patients += (patients.empty() ? "" : " ") + assessment.patients[static_cast<size_t>(patient)];
    }
    const MassMeasures& m = mass.measures;
    table.rows.push_back({networks.name, synthetic ? "synthetic" : "real",
                          mass.ref.image->file_name, mass.ref.annotation->id, patients,
                          finite(score), finite(m.contrast), finite(m.source_contrast),
                          finite(m.seam), finite(m.high_frequency), finite(m.background_before),
                          finite(m.background_change), finite(m.background_share)});
  }
}

}  // namespace

Table assessment_table(const Assessment& assessment) {
  Table table;
  for (const char* key : {"set",
                          "masses",
                          "left_out",
                          "tested",
                          "auc",
                          "auc_low",
                          "auc_high",
                          "contrast",
                          "contrast_ratio",
                          "contrast_median_ratio",
                          "slope",
                          "slope_low",
                          "slope_high",
                          "correlation",
                          "invisible_share",
                          "seam_mean",
                          "seam_median",
                          "seam_p5",
                          "seam_p95",
                          "hf_mean",
                          "hf_median",
                          "hf_p5",
                          "hf_p95",
                          "background_before",
                          "background_after",
                          "background_share_changed"}) {
    table.columns.push_back({key, key});
  }
  table.rows.push_back(row_of(assessment.real, false));
  for (const AssessedSet& set : assessment.sets) table.rows.push_back(row_of(set, true));
  return table;
}

Table difference_table(const Assessment& assessment) {
  Table table{{{"first", "Set"},
               {"second", "compared with"},
               {"difference", "AUC, difference"},
               {"low", "lower bound"},
               {"high", "upper bound"},
               {"first_below", "Resamples with the first lower"}},
              {}};
  for (const PairedDifference& difference : assessment.differences) {
    table.rows.push_back({assessment.sets[difference.first].name,
                          assessment.sets[difference.second].name, finite(difference.value),
                          finite(difference.interval.low), finite(difference.interval.high),
                          finite(difference.below_zero)});
  }
  return table;
}

Table assessed_mass_table(const Assessment& assessment) {
  Table table;
  for (const char* key : {"set", "kind", "file_name", "annotation_id", "patients", "score",
                          "contrast", "source_contrast", "seam", "high_frequency",
                          "background_before", "background_after", "background_share_changed"}) {
    table.columns.push_back({key, key});
  }
  for (const AssessedSet& set : assessment.sets) {
    add_masses(assessment, assessment.real, false, set, table);
    add_masses(assessment, set, true, set, table);
  }
  return table;
}

Json assessment_json(const Assessment& assessment, const AssessOptions& options, uint64_t seed) {
  Json sets = Json::array();
  for (const AssessedSet& set : assessment.sets) sets.push_back(set_json(set));
  Json folds = Json::object();
  for (const auto& [patient, fold] : assessment.folds.fold_of) folds[patient] = fold;
  return {{"version", MAMMOGRAFT_VERSION},
          {"seed", seed},
          {"options", to_json(options)},
          {"real", measures_json(assessment.real)},
          {"sets", sets},
          {"differences", table_json(difference_table(assessment))},
          {"folds", {{"count", assessment.folds.count}, {"fold_of", folds}}}};
}

}  // namespace mammograft
