#include "pages/measure_section.h"

#include <fmt/format.h>

#include <cmath>

#include "pages/numbers.h"

namespace mammograft {
namespace {

std::string spread_text(const Spread& spread) {
  if (std::isnan(spread.median)) return "–";
  return fmt::format("{:.2f} ({:.2f}–{:.2f})", spread.median, spread.low, spread.high);
}

Table contrast_table(const Assessment& assessment) {
  Table table{{{"set", "Set"},
               {"contrast", "Contrast, % of full scale"},
               {"ratio", "Result over source (interval)"},
               {"median", "Median ratio"},
               {"slope", "Slope (interval)"},
               {"correlation", "Correlation"},
               {"invisible", "Invisible"}},
              {}};
  for (const AssessedSet* set : all_sets(assessment)) {
    const bool real = set == &assessment.real;
    const auto only = [&](const std::string& text) { return real ? Cell() : Cell(text); };
    const auto fixed = [](double value) {
      return std::isnan(value) ? std::string("–") : fmt::format("{:.2f}", value);
    };
    table.rows.push_back({set->name, fmt::format("{:.2f}", 100 * set->contrast),
                          only(with_interval(set->transfer.ratio_of_means, set->ratio_of_means)),
                          only(fixed(set->transfer.median_ratio)),
                          only(with_interval(set->transfer.slope, set->slope)),
                          only(fixed(set->transfer.correlation)),
                          only(percent(set->transfer.invisible_share, 0))});
  }
  return table;
}

Table texture_table(const Assessment& assessment) {
  Table table{{{"set", "Set"},
               {"masses", "Masses"},
               {"seam", "Seam, median (5–95 %)"},
               {"hf", "High frequencies, median (5–95 %)"},
               {"before", "Background before"},
               {"after", "Background after"},
               {"share", "Pixels changed"}},
              {}};
  for (const AssessedSet* set : all_sets(assessment)) {
    const bool real = set == &assessment.real;
    const auto only = [&](double share) { return real ? Cell() : Cell(percent(share, 3)); };
    table.rows.push_back({set->name, static_cast<int64_t>(set->masses.size()),
                          spread_text(set->seam), spread_text(set->high_frequency),
                          only(set->background_before), only(set->background_change),
                          only(set->background_share)});
  }
  return table;
}

}  // namespace

Section measure_section(const Assessment& assessment, const AssessOptions& options) {
  Section section{"Measures", {}};
  section.blocks.push_back(
      TableBlock{contrast_table(assessment),
                 "Contrast: inside the mass against a ring around it. Source: the lesion that it "
                 "was made from. Invisible: less than a third of the source's."});
  section.blocks.push_back(TableBlock{
      texture_table(assessment),
      fmt::format("Seam: how much the image changes across the rim {:g} mm beyond the mask, over "
                  "its neighbourhood; 1: no more than around it. High frequencies: power inside "
                  "the mask over that of the median real mass. Background: mean change within the "
                  "window outside of that rim, before and after compositing, and the share of the "
                  "whole image's pixels that changed.",
                  options.dilation_mm)});
  for (const AssessedSet* set : all_sets(assessment)) {
    if (set->left_out > 0) {
      section.blocks.push_back(
          Paragraph{fmt::format("{}: {} masses have no pixel at this scale and are left out.",
                                set->name, set->left_out),
                    true});
    }
    if (set->unknown_backgrounds > 0) {
      section.blocks.push_back(
          Paragraph{fmt::format("{}: {} backgrounds are in none of the cohorts given; their change "
                                "is not known.",
                                set->name, set->unknown_backgrounds),
                    true});
    }
  }
  return section;
}

}  // namespace mammograft
