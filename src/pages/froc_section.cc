#include "pages/froc_section.h"

#include <fmt/format.h>

#include <cmath>

#include "core/error.h"
#include "pages/few_masses.h"
#include "pages/froc_plot.h"
#include "pages/numbers.h"

namespace mammograft {
namespace {

// The table of the page: one row an operating point, the interval beside the value.
Table operating_rows(const SetResult& set) {
  Table table{{{"fppi", "FPPI up to"},
               {"tpr", "TPR (interval)"},
               {"found", "Found"},
               {"alarms", "False positives"},
               {"threshold", "Score at or above", 4}},
              {}};
  for (const OperatingPoint& at : set.operating_points) {
    const bool reports = std::isfinite(at.point.threshold);
    table.rows.push_back({fmt::format("{:g}", at.fppi_limit), with_interval(at.point.tpr, at.tpr),
                          fmt::format("{} of {}", at.point.true_positives, set.counts.targets),
                          static_cast<int64_t>(at.point.false_positives),
                          reports ? Cell(at.point.threshold) : Cell()});
  }
  return table;
}

Table group_rows(const SetResult& set) {
  Table table{{{"by", "By"}, {"group", "Group"}, {"masses", "Masses"}}, {}};
  std::vector<size_t> shown;  // a page is narrower than a file
  for (size_t x = 0; x < set.operating_points.size(); ++x) {
    const double limit = set.operating_points[x].fppi_limit;
    const bool usual = limit == 0.25 || limit == 0.5 || limit == 1 || limit == 2;
    if (!usual && set.operating_points.size() > 4) continue;
    shown.push_back(x);
    table.columns.push_back({"tpr", fmt::format("TPR at {:g} FPPI", limit)});
  }
  for (const GroupResult& group : set.groups) {
    std::vector<Cell> row = {group.by, group.group, static_cast<int64_t>(group.masses)};
    for (size_t x : shown) row.push_back(with_interval(group.tpr[x], group.bounds[x]));
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::string hit_text(const MatchingOptions& matching) {
  const double threshold = matching.threshold;
  const std::string least = matching.assignment == "coco" ? "≥" : ">";
  switch (hit_rule_from(matching.rule)) {
    case HitRule::iou:
      return fmt::format("their boxes overlap with IoU {} {:g}", least, threshold);
    case HitRule::mask_iou:
      return fmt::format("their masks overlap with IoU {} {:g}", least, threshold);
    case HitRule::centre:
      return "the centre of its box lies in the mass's box";
    case HitRule::centre_in_mask:
      return "the centre of its box lies on the mass";
    case HitRule::distance:
      return fmt::format("their centres are at most {:g} mm apart", matching.distance_mm);
  }
  fail(ErrorKind::defect, "a rule without words");
}

std::string unit_text(const std::string& unit) {
  if (unit == "image") return "";
  return fmt::format(
      " A {0} with masses is found when one of them is, in any view; shares are of "
      "such {0}s.",
      unit == "breast" ? "breast" : "patient");
}

std::string counted_words(const std::string& over) {
  if (over == "normal") return " False positives are counted on normal images only.";
  if (over == "unmatched") return " False positives are counted on images without a mass only.";
  return " False positives are counted over all images.";
}

std::string few_text(const SetResult& set) {
  std::string few;
  for (const GroupResult& group : set.groups) {
    if (group.masses >= kFewMasses) continue;
    few +=
        fmt::format("{}{} {} ({})", few.empty() ? "" : ", ", group.by, group.group, group.masses);
  }
  return few;
}

}  // namespace

std::string rule_text(const EvaluateOptions& options) {
  const MatchingOptions& matching = options.matching;
  std::string text = "A detection finds a mass when " + hit_text(matching);
  if (matching.assignment == "coco") {
    text +=
        ", assigned as COCO's evaluation does; further hits on a found mass are false positives.";
  } else {
    text += matching.duplicates_count ? "; further hits on a found mass are false positives."
                                      : "; further hits on a found mass count neither way.";
  }
  text += unit_text(options.unit) + counted_words(options.fppi_over);
  if (options.bootstrap.resamples > 0) {
    text += fmt::format(" Intervals: {:g} %, {} bootstrap resamples of patients{}.",
                        100 * options.bootstrap.level, options.bootstrap.resamples,
                        options.bootstrap.interval == "bca" ? ", BCa" : "");
  }
  return text;
}

Section froc_section(const EvaluateResult& result, const PlotWriter& draw) {
  Section section{"FROC", {}};
  const Plot plot = froc_plot(result);
  const bool band = result.options.bootstrap.resamples > 0;
  section.blocks.push_back(
      Figure{plot.name, draw(plot),
             std::string("Share of masses found against false positives per image, logarithmic") +
                 (band ? "; the band is the pointwise interval." : ".")});
  section.blocks.push_back(Paragraph{rule_text(result.options)});
  for (const SetResult& set : result.sets) {
    const std::string name = result.sets.size() > 1 ? set.name + ": " : "";
    section.blocks.push_back(TableBlock{operating_rows(set), name + "Operating points"});
    if (set.groups.empty()) continue;
    section.blocks.push_back(
        TableBlock{group_rows(set), name + "By group of masses, at the same operating points"});
    if (const std::string few = few_text(set); !few.empty())
      section.blocks.push_back(few_masses_warning(few));
  }
  return section;
}

}  // namespace mammograft
