#include "pages/assessment_tables.h"

#include <fmt/format.h>

#include "graft/appearance.h"

namespace mammograft {
namespace {

void add_columns(const std::vector<std::string>& keys, Table& table) {
  for (const std::string& key : keys) table.columns.push_back({key, key});
}

// The weights of lesion and background, of the finer and the coarser band: where the lesion is the
// stronger, then in all of the graft.
void add_detail_columns(Table& table) {
  add_columns({"detail_lesion_fine", "detail_lesion_coarse", "detail_background_fine",
               "detail_background_coarse", "detail_all_lesion_fine", "detail_all_lesion_coarse",
               "detail_all_background_fine", "detail_all_background_coarse"},
              table);
}

void add_appearance_columns(Table& table) {
  for (const AppearanceGroup& group : kAppearanceGroups) {
    for (size_t i = 1; i <= group.measures; ++i)
      add_columns({fmt::format("{}_{}", group.key, i)}, table);
  }
}

// The numbers below those of detail, of one graft or of the mean of a set.
template <typename Detail>
std::vector<double> detail_weights(const Detail& detail) {
  std::vector<double> weights;
  for (const auto* bands :
       {&detail.salient_lesion, &detail.salient_background, &detail.lesion, &detail.background})
    weights.insert(weights.end(), bands->begin(), bands->end());
  return weights;
}

// What a real and a synthetic set have in common, then what only a synthetic one has.
std::vector<Cell> row_of(const AssessedSet& set, bool synthetic) {
  std::vector<Cell> row = {set.name, static_cast<int64_t>(set.masses.size()), set.left_out};
  if (synthetic) {
    row.insert(
        row.end(),
        {set.auc.positives, finite_cell(set.auc.value), finite_cell(set.auc.interval.low),
         finite_cell(set.auc.interval.high), finite_cell(set.contrast),
         finite_cell(set.transfer.ratio_of_means), finite_cell(set.transfer.median_ratio),
         finite_cell(set.transfer.slope), finite_cell(set.slope.low), finite_cell(set.slope.high),
         finite_cell(set.transfer.correlation), finite_cell(set.transfer.invisible_share)});
  } else {
    row.insert(row.end(), 12, Cell());
    row[7] = finite_cell(set.contrast);
  }
  for (const Spread& spread : {set.seam, set.high_frequency}) {
    row.insert(row.end(), {finite_cell(spread.mean), finite_cell(spread.median),
                           finite_cell(spread.low), finite_cell(spread.high)});
  }
  row.insert(row.end(), {synthetic ? finite_cell(set.background_before) : Cell(),
                         synthetic ? finite_cell(set.background_change) : Cell(),
                         synthetic ? finite_cell(set.background_share) : Cell()});
  for (const double weight : detail_weights(set.detail))
    row.push_back(synthetic ? finite_cell(weight) : Cell());
  row.push_back(synthetic ? finite_cell(set.detail.survival) : Cell());
  row.push_back(synthetic ? Cell(set.detail.points) : Cell());
  const auto add = [&](const Spread& spread, const Shift& shift) {
    row.push_back(finite_cell(spread.mean));
    for (const double value :
         {shift.value, shift.interval.low, shift.interval.high, shift.distance})
      row.push_back(synthetic ? finite_cell(value) : Cell());
  };
  add(set.conspicuity, set.conspicuity_shift);
  add(set.detector_score, set.detector_score_shift);
  return row;
}

// Whose fine structure a graft shows; nothing of other masses.
std::vector<Cell> detail_cells(const std::optional<Provenance::Detail>& detail) {
  if (!detail) return std::vector<Cell>(10);
  std::vector<Cell> cells;
  for (const double weight : detail_weights(*detail)) cells.push_back(finite_cell(weight));
  cells.insert(cells.end(), {detail->points, detail->surviving});
  return cells;
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
    table.rows.push_back(
        {networks.name, synthetic ? "synthetic" : "real", mass.ref.image->file_name,
         mass.ref.annotation->id, patients, finite_cell(score), finite_cell(m.contrast),
         finite_cell(m.conspicuity), finite_cell(m.detector_score), finite_cell(m.source_contrast),
         finite_cell(m.seam), finite_cell(m.high_frequency), finite_cell(m.background_before),
         finite_cell(m.background_change), finite_cell(m.background_share)});
    const std::vector<Cell> detail = detail_cells(m.detail);
    table.rows.back().insert(table.rows.back().end(), detail.begin(), detail.end());
    for (const double measure : m.appearance) table.rows.back().push_back(finite_cell(measure));
    table.rows.back().resize(table.columns.size());  // of a mass that was not measured
  }
}

}  // namespace

Table assessment_table(const Assessment& assessment) {
  Table table;
  add_columns({"set",
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
               "background_share_changed"},
              table);
  add_detail_columns(table);
  add_columns(
      {"point_survival", "points", "conspicuity", "conspicuity_shift", "conspicuity_shift_low",
       "conspicuity_shift_high", "conspicuity_distance", "detector_score", "detector_score_shift",
       "detector_score_shift_low", "detector_score_shift_high", "detector_score_distance"},
      table);
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
    table.rows.push_back(
        {assessment.sets[difference.first].name, assessment.sets[difference.second].name,
         finite_cell(difference.value), finite_cell(difference.interval.low),
         finite_cell(difference.interval.high), finite_cell(difference.below_zero)});
  }
  return table;
}

Table assessed_mass_table(const Assessment& assessment) {
  Table table;
  add_columns({"set", "kind", "file_name", "annotation_id", "patients", "score", "contrast",
               "conspicuity", "detector_score", "source_contrast", "seam", "high_frequency",
               "background_before", "background_after", "background_share_changed"},
              table);
  add_detail_columns(table);
  add_columns({"points", "points_surviving"}, table);
  add_appearance_columns(table);
  for (const AssessedSet& set : assessment.sets) {
    add_masses(assessment, assessment.real, false, set, table);
    add_masses(assessment, set, true, set, table);
  }
  return table;
}

}  // namespace mammograft
