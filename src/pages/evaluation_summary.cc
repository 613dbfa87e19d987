#include "pages/evaluation_summary.h"

#include <fmt/ranges.h>

#include <cmath>

#include "pages/numbers.h"

namespace mammograft {
namespace {

void add_set(const EvaluateResult& result, const SetResult& set, Section& section) {
  if (result.sets.size() > 1) section.blocks.push_back(Paragraph{set.name});
  if (set.leaked_patients > 0) {
    section.blocks.push_back(
        Paragraph{fmt::format("The model learnt from {} of these patients. The figures flatter it.",
                              set.leaked_patients),
                  true});
  }
  section.blocks.push_back(headlines(set, 0.5, result.options.unit));
  section.blocks.push_back(evaluation_facts(set));
}

}  // namespace

std::vector<Headline> headlines(const SetResult& set, double fppi, const std::string& unit) {
  const OperatingPoint& at = operating_point_near(set, fppi);
  const std::string interval =
      std::isnan(at.tpr.low)
          ? "no interval"
          : fmt::format("interval {} to {}", percent(at.tpr.low), percent(at.tpr.high));
  const std::string what = unit == "image" ? "masses" : unit == "breast" ? "breasts" : "patients";
  return {{percent(at.point.tpr), fmt::format("of {} found at {:g} FPPI", what, at.fppi_limit),
           interval},
          {fmt::format("{}", set.counts.targets), unit == "image" ? what : what + " with masses",
           fmt::format("{} found there", at.point.true_positives)},
          {fmt::format("{}", set.counts.images), "images",
           fmt::format("{} normal", set.counts.normal_images)},
          {fmt::format("{}", set.counts.patients), "patients", "the unit of resampling"}};
}

Facts evaluation_facts(const SetResult& set) {
  const EvaluationCounts& c = set.counts;
  const auto text = [](int value) { return fmt::format("{}", value); };
  Facts facts{{{"detections file", fmt::format("{}", fmt::join(set.files, ", "))},
               {"patients", text(c.patients)},
               {"images", fmt::format("{}, {} of them normal", c.images, c.normal_images)},
               {"masses", text(c.masses)},
               {"detections",
                fmt::format("{}: {} hits, {} further hits, {} in regions to ignore, "
                            "{} false positives",
                            c.detections, c.hits, c.duplicates, c.ignored, c.false_positives)}}};
  if (c.patients_without_id > 0) {
    facts.rows.emplace_back(
        "patients not known",
        fmt::format("{} images, each taken as a patient of its own", c.patients_without_id));
  }
  if (c.without_mask > 0) {
    facts.rows.emplace_back(
        "without a mask", fmt::format("{} detections, scored by their filled box", c.without_mask));
  }
  facts.rows.emplace_back(
      "leak guard", !set.provenance_known     ? "not possible: the detections do not say from whom "
                                                "their model learnt"
                    : set.leaked_patients > 0 ? "overridden"
                                              : "no patient of the truth was learnt from");
  return facts;
}

Section evaluation_summary(const EvaluateResult& result) {
  Section section{"Result", {}};
  for (const SetResult& set : result.sets) add_set(result, set, section);
  return section;
}

}  // namespace mammograft
