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

Table shift_table(const Assessment& assessment, const std::string& name,
                  Spread AssessedSet::* spread, Shift AssessedSet::* shift) {
  Table table{{{"set", "Set"},
               {"spread", name + ", median (5–95 %)"},
               {"shift", "Mean, less that of real masses (interval)"},
               {"distance", "Kolmogorov–Smirnov distance"}},
              {}};
  for (const AssessedSet* set : all_sets(assessment)) {
    const bool real = set == &assessment.real;
    table.rows.push_back(
        {set->name, spread_text(set->*spread),
         real ? Cell() : Cell(with_interval((set->*shift).value, (set->*shift).interval)),
         real ? Cell() : finite_cell((set->*shift).distance)});
  }
  return table;
}

Table detail_table(const Assessment& assessment) {
  Table table{{{"set", "Set"},
               {"fine", "Lesion, fine band (interval)"},
               {"coarse", "Lesion, coarser band (interval)"},
               {"background", "Background, fine and coarser"},
               {"all", "Lesion in all of it"},
               {"all_background", "Background in all of it"},
               {"points", "Bright points"},
               {"survival", "Of them in the graft (interval)"}},
              {}};
  for (const AssessedSet& set : assessment.sets) {
    const DetailSummary& detail = set.detail;
    const auto weight = [](double value) {
      return std::isnan(value) ? std::string("–") : fmt::format("{:.2f}", value);
    };
    const auto both = [&](const Provenance::Detail::Bands& bands) {
      return weight(bands[0]) + ", " + weight(bands[1]);
    };
    table.rows.push_back(
        {set.name, with_interval(detail.salient_lesion[0], detail.salient_lesion_interval[0]),
         with_interval(detail.salient_lesion[1], detail.salient_lesion_interval[1]),
         both(detail.salient_background), both(detail.lesion), both(detail.background),
         detail.points, with_interval(detail.survival, detail.survival_interval)});
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
      fmt::format("Seam: how much the image changes across the rim of what was grafted (where a "
                  "cohort does not say how far that reached beyond the mask, and around real "
                  "masses: {:g} mm; of a lesion that was scaled so much more or less), over its "
                  "neighbourhood; 1: no more than around it. High frequencies: power inside the "
                  "mask over that of the median real mass. Background: mean change within the "
                  "window from a pixel beyond that rim on, before and after compositing, and the "
                  "share of the whole image's pixels there that changed.",
                  options.dilation_mm)});
  section.blocks.push_back(
      TableBlock{shift_table(assessment, "Conspicuity", &AssessedSet::conspicuity,
                             &AssessedSet::conspicuity_shift),
                 "Conspicuity: contrast over the deviation of the tissue in the same ring. A set "
                 "that lies above the real masses teaches a detector easy ones."});
  if (!std::isnan(assessment.real.detector_score.mean)) {
    section.blocks.push_back(
        TableBlock{shift_table(assessment, "Detector's score", &AssessedSet::detector_score,
                               &AssessedSet::detector_score_shift),
                   "The highest score of a detection on the mass, by a detector that learnt from "
                   "other patients; 0: none. Above the real masses: easier to find than they."});
  }
  section.blocks.push_back(TableBlock{
      detail_table(assessment),
      "Whose fine structure it is: the weights of lesion and background in the graft where the "
      "lesion is the stronger, and in all of the grafted region, in bands of about 0.2 to 0.4 and "
      "0.4 to 0.8 mm as far as the pixels resolve them (–: not at all); 1 and 0 would be "
      "the lesion itself. Bright points: calcifications and ridges of spicules that stand out of "
      "the background."});
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
