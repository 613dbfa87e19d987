#include "pages/evaluation_tables.h"

#include <cmath>

#include "evaluate/groups.h"

namespace mammograft {

Table operating_table(const EvaluateResult& result) {
  Table table{{{"result", "Result"},
               {"fppi_limit", "FPPI up to", 2},
               {"tpr", "TPR"},
               {"tpr_low", "lower bound"},
               {"tpr_high", "upper bound"},
               {"threshold", "Score threshold", 4},
               {"fppi", "FPPI reached"},
               {"true_positives", "Masses found"},
               {"masses", "Masses"},
               {"false_positives", "False positives"},
               {"images", "Images"}},
              {}};
  for (const SetResult& set : result.sets) {
    for (const OperatingPoint& at : set.operating_points) {
      table.rows.push_back({set.name, at.fppi_limit, finite_cell(at.point.tpr),
                            finite_cell(at.tpr.low), finite_cell(at.tpr.high),
                            finite_cell(at.point.threshold), at.point.fppi, at.point.true_positives,
                            set.counts.targets, at.point.false_positives, set.counts.fppi_images});
    }
  }
  return with_rule(std::move(table), result.options);
}

Table group_table(const EvaluateResult& result) {
  Table table{{{"result", "Result"},
               {"by", "By"},
               {"group", "Group"},
               {"masses", "Masses"},
               {"fppi_limit", "FPPI up to", 2},
               {"found", "Found"},
               {"tpr", "TPR"},
               {"tpr_low", "lower bound"},
               {"tpr_high", "upper bound"}},
              {}};
  for (const SetResult& set : result.sets) {
    for (const GroupResult& group : set.groups) {
      for (size_t x = 0; x < group.tpr.size(); ++x) {
        table.rows.push_back({set.name, group.by, group.group, group.masses,
                              set.operating_points[x].fppi_limit, group.found[x],
                              finite_cell(group.tpr[x]), finite_cell(group.bounds[x].low),
                              finite_cell(group.bounds[x].high)});
      }
    }
  }
  return with_rule(std::move(table), result.options);
}

Table curve_table(const EvaluateResult& result) {
  Table table{{{"result", ""},
               {"threshold", ""},
               {"true_positives", ""},
               {"false_positives", ""},
               {"tpr", ""},
               {"fppi", ""}},
              {}};
  for (const SetResult& set : result.sets) {
    for (const FrocPoint& point : corners(set.froc)) {
      table.rows.push_back({set.name, finite_cell(point.threshold), point.true_positives,
                            point.false_positives, finite_cell(point.tpr), point.fppi});
    }
  }
  return with_rule(std::move(table), result.options);
}

Table mass_table(const EvaluateResult& result) {
  Table table{{{"result", ""},
               {"annotation_id", ""},
               {"image_id", ""},
               {"file_name", ""},
               {"patient_id", ""},
               {"size_mm", ""},
               {"found_at_score", ""},
               {"overlap", ""}},
              {}};
  for (const SetResult& set : result.sets) {
    std::vector<double> score(set.truth.masses.size(), std::nan("")), overlap = score;
    for (size_t i = 0; i < set.matches.size(); ++i) {
      if (set.matches[i].outcome != Outcome::hit) continue;
      score[set.matches[i].mass] = set.detections[i].score;
      overlap[set.matches[i].mass] = set.matches[i].overlap;
    }
    for (size_t m = 0; m < set.truth.masses.size(); ++m) {
      const Annotation& mass = *set.truth.masses[m].annotation;
      const ImageRecord& image = *set.truth.images[set.truth.masses[m].image];
      const auto size = mass_size_mm(mass, image);
      table.rows.push_back({set.name, mass.id, image.id, image.file_name, image.patient_id,
                            size ? Cell(*size) : Cell(), finite_cell(score[m]),
                            finite_cell(overlap[m])});
    }
  }
  return with_rule(std::move(table), result.options);
}

Table detection_table(const EvaluateResult& result) {
  Table table{{{"result", ""},
               {"image_id", ""},
               {"file_name", ""},
               {"score", ""},
               {"outcome", ""},
               {"annotation_id", ""},
               {"overlap", ""}},
              {}};
  for (const SetResult& set : result.sets) {
    for (size_t i = 0; i < set.matches.size(); ++i) {
      const Match& match = set.matches[i];
      const Detection& detection = set.detections[i];
      const ImageRecord& image = *set.truth.images[set.truth.index_of.at(detection.image_id)];
      const bool on_mass = match.mass >= 0;
      table.rows.push_back(
          {set.name, image.id, image.file_name, detection.score, to_string(match.outcome),
           on_mass ? Cell(set.truth.masses[match.mass].annotation->id) : Cell(),
           match.outcome == Outcome::false_positive ? Cell() : Cell(match.overlap)});
    }
  }
  return with_rule(std::move(table), result.options);
}

Table with_rule(Table table, const EvaluateOptions& options) {
  table.columns.push_back({"rule", ""});
  for (std::vector<Cell>& row : table.rows) row.emplace_back(short_rule(options));
  return table;
}

}  // namespace mammograft
