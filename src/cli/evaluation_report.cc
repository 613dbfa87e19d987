#include "cli/evaluation_report.h"

#include <fmt/ranges.h>

#include <cmath>

#include "core/error.h"
#include "core/files.h"
#include "core/options.h"
#include "report/gallery.h"

namespace mammograft {
namespace {

std::string hex(Color color) {
  return fmt::format("#{:02x}{:02x}{:02x}", color.r, color.g, color.b);
}

std::vector<Polygon> outline(const Segmentation& segmentation) {
  if (const auto* polygons = std::get_if<std::vector<Polygon>>(&segmentation)) return *polygons;
  if (const auto* rle = std::get_if<Rle>(&segmentation)) return contours(decode_rle(*rle));
  return {};
}

Color color_of(Outcome outcome) {
  if (outcome == Outcome::hit) return colors::hit;
  return outcome == Outcome::false_positive ? colors::alarm : colors::muscle;
}

std::vector<Mark> marks_of(const SetResult& set, const Case& item) {
  std::vector<Mark> marks;
  const int image = set.truth.index_of.at(item.image_id);
  for (int m : set.truth.masses_of[image]) {
    const Annotation& mass = *set.truth.masses[m].annotation;
    marks.push_back({mass.bbox, outline(mass.segmentation), colors::truth, ""});
  }
  for (size_t i : item.detections) {
    const Detection& detection = set.detections[i];
    marks.push_back({detection.bbox,
                     {},
                     color_of(set.matches[i].outcome),
                     fmt::format("{:.2f}", detection.score)});
  }
  return marks;
}

Box place_of(const SetResult& set, const Case& item) {
  if (item.mass >= 0) return set.truth.masses[item.mass].annotation->bbox;
  return set.detections[item.detection].bbox;
}

std::string caption_of(const SetResult& set, const Case& item) {
  const ImageRecord& image = *set.truth.images[set.truth.index_of.at(item.image_id)];
  std::string caption = image.patient_id.empty() ? image.file_name : image.patient_id;
  if (!image.laterality.empty() || !image.view.empty()) {
    caption += fmt::format(" · {} {}", image.laterality, image.view);
  }
  if (item.mass >= 0) {
    const Annotation& mass = *set.truth.masses[item.mass].annotation;
    if (mass.size_mm) caption += fmt::format(" · {:.0f} mm", *mass.size_mm);
    if (mass.attributes.is_object() && mass.attributes.contains("conspicuity")) {
      const Json& value = mass.attributes["conspicuity"];
      caption += " · " + (value.is_string() ? value.get<std::string>() : value.dump());
    }
  } else {
    caption += fmt::format(" · status {}", to_string(image.status));
  }
  if (item.detection < 0) return caption + " · never found";
  caption += fmt::format(" · score {:.3f}", item.score);
  if (item.mass >= 0) caption += fmt::format(" · IoU {:.2f}", set.matches[item.detection].overlap);
  return caption;
}

Gallery gallery_of(const SetResult& set, const std::string& heading, const std::string& text,
                   const std::vector<Case>& cases) {
  Gallery gallery{heading, text, {}};
  for (const Case& item : cases) {
    const ImageRecord& image = set.cohort->image(item.image_id);
    const cv::Mat pixels = read_pixels(*set.cohort, image);
    Picture picture;
    picture.bytes = case_tile_jpeg(pixels, marks_of(set, item), place_of(set, item),
                                   image.breast_bbox.value_or(Box{}));
    picture.caption = caption_of(set, item);
    gallery.pictures.push_back(std::move(picture));
  }
  return gallery;
}

bool has_pixels(const SetResult& set) {
  if (set.cohort->images.empty()) return false;
  return fs::exists(set.cohort->folder / set.cohort->images.front().file_name);
}

// The table of the page: one row an operating point, the interval beside the value.
Table page_operating_table(const SetResult& set) {
  Table table{{{"fppi", "FPPI up to"},
               {"tpr", "TPR (interval)"},
               {"found", "Masses found"},
               {"alarms", "False positives"},
               {"threshold", "Score at or above", 4}},
              {}};
  for (const OperatingPoint& at : set.operating_points) {
    const bool reports = std::isfinite(at.point.threshold);
    table.rows.push_back({fmt::format("{:g}", at.fppi_limit), with_interval(at.point.tpr, at.tpr),
                          fmt::format("{} of {}", at.point.true_positives, set.counts.masses),
                          static_cast<int64_t>(at.point.false_positives),
                          reports ? Cell(at.point.threshold) : Cell()});
  }
  return table;
}

Table page_group_table(const SetResult& set) {
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

std::string rule_text(const EvaluateOptions& options) {
  const MatchingOptions& matching = options.matching;
  std::string text = "A detection finds a mass when ";
  if (matching.rule == "centre") {
    text += "the centre of its box lies in the mass's box";
  } else {
    text += fmt::format("their {} overlap with IoU > {:g}",
                        matching.rule == "iou" ? "boxes" : "masks", matching.threshold);
  }
  text += matching.duplicates_count ? "; further hits on a found mass are false positives"
                                    : "; further hits on a found mass count neither way";
  text += options.fppi_over == "normal" ? ". False positives are counted on normal images only."
                                        : ". False positives are counted over all images.";
  if (options.bootstrap.resamples > 0) {
    text += fmt::format(" Intervals: {:g} %, {} bootstrap resamples of patients.",
                        100 * options.bootstrap.level, options.bootstrap.resamples);
  }
  return text;
}

Facts facts_of(const SetResult& set) {
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

void add_set(const EvaluateResult& result, const SetResult& set, Section& section) {
  if (result.sets.size() > 1) section.blocks.push_back(Paragraph{set.name});
  if (set.leaked_patients > 0) {
    section.blocks.push_back(
        Paragraph{fmt::format("The model learnt from {} of these patients. The figures flatter it.",
                              set.leaked_patients),
                  true});
  }
  section.blocks.push_back(headlines(set));
}

}  // namespace

std::string with_interval(double value, const Interval& interval) {
  if (std::isnan(value)) return "–";
  if (std::isnan(interval.low)) return fmt::format("{:.3f}", value);
  return fmt::format("{:.3f} ({:.3f}–{:.3f})", value, interval.low, interval.high);
}

std::vector<Headline> headlines(const SetResult& set, double fppi) {
  const OperatingPoint& at = operating_point_near(set, fppi);
  const auto percent = [](double share) {
    return std::isnan(share) ? std::string("–") : fmt::format("{:.1f} %", 100 * share);
  };
  const std::string interval =
      std::isnan(at.tpr.low)
          ? "no interval"
          : fmt::format("interval {} to {}", percent(at.tpr.low), percent(at.tpr.high));
  return {
      {percent(at.point.tpr), fmt::format("of masses found at {:g} FPPI", at.fppi_limit), interval},
      {fmt::format("{}", set.counts.masses), "masses",
       fmt::format("{} found there", at.point.true_positives)},
      {fmt::format("{}", set.counts.images), "images",
       fmt::format("{} normal", set.counts.normal_images)},
      {fmt::format("{}", set.counts.patients), "patients", "the unit of resampling"}};
}

std::vector<Block> gallery_blocks(const SetResult& set, int cases, double fppi) {
  if (!has_pixels(set)) {
    return {Paragraph{"The truth was given without its images, so there are no pictures to show."}};
  }
  const CaseSelection chosen = select_cases(set, {cases, fppi});
  std::vector<Block> blocks;
  blocks.push_back(Paragraph{fmt::format(
      "Each picture: the breast, and a close view of the place in the white frame. Shown are the "
      "detections that are reported at {:g} false positives per image (score at or above {:.3f}).",
      chosen.fppi, chosen.threshold)});
  blocks.push_back(Legend{{{hex(colors::truth), "true mass"},
                           {hex(colors::hit), "hit"},
                           {hex(colors::alarm), "false positive"},
                           {hex(colors::muscle), "counts neither way"}}});
  blocks.push_back(gallery_of(set, "Best", "Masses found with the highest scores.", chosen.best));
  blocks.push_back(
      gallery_of(set, "Typical", "Masses found with scores around the median.", chosen.typical));
  blocks.push_back(gallery_of(set, "Missed",
                              "Masses not found at this operating point, those that no detection "
                              "finds at any score first.",
                              chosen.missed));
  blocks.push_back(gallery_of(set, "Worst false alarms", "False positives with the highest scores.",
                              chosen.false_alarms));
  return blocks;
}

Section froc_section(const EvaluateResult& result, const std::filesystem::path& figures) {
  Section section{"FROC", {}};
  const Plot plot = froc_plot(result);
  const bool band = result.options.bootstrap.resamples > 0;
  section.blocks.push_back(
      Figure{plot.name, write_plot(plot, figures),
             std::string("Share of masses found against false positives per image, logarithmic") +
                 (band ? "; the band is the pointwise interval." : ".")});
  section.blocks.push_back(Paragraph{rule_text(result.options)});
  for (const SetResult& set : result.sets) {
    const std::string name = result.sets.size() > 1 ? set.name + ": " : "";
    section.blocks.push_back(TableBlock{page_operating_table(set), name + "Operating points"});
    if (set.groups.empty()) continue;
    section.blocks.push_back(TableBlock{page_group_table(set),
                                        name + "By group of masses, at the same operating points"});
  }
  return section;
}

void write_evaluation_report(const EvaluateResult& result, const std::filesystem::path& out,
                             const ReportExtras& extras) {
  create_folder(out);
  Page page{extras.title, "", extras.generator, {}};
  Section summary{"Result", {}};
  for (const SetResult& set : result.sets) {
    add_set(result, set, summary);
    summary.blocks.push_back(facts_of(set));
  }
  page.sections.push_back(std::move(summary));
  page.sections.push_back(froc_section(result, out));
  if (extras.cases > 0) {
    for (const SetResult& set : result.sets) {
      const std::string title = result.sets.size() > 1 ? "Cases: " + set.name : "Cases";
      page.sections.push_back({title, gallery_blocks(set, extras.cases, extras.gallery_fppi)});
    }
  }
  if (extras.cohort_summary) {
    page.sections.push_back({"Data", {TableBlock{*extras.cohort_summary, ""}}});
  }
  if (!extras.training.empty()) {
    Section training{"Training", {}};
    for (const Plot& plot : training_plots(extras.training)) {
      training.blocks.push_back(
          Figure{plot.name, write_plot(plot, out), "The " + plot.y_label + " by optimiser step."});
    }
    page.sections.push_back(std::move(training));
  }
  Section configuration{"Configuration", {}};
  configuration.blocks.push_back(Collapsed{"options of the evaluation", to_json(result.options)});
  if (!extras.configuration.is_null()) {
    configuration.blocks.push_back(
        Collapsed{"resolved configuration of the run", extras.configuration});
  }
  page.sections.push_back(std::move(configuration));

  write_csv(out / "operating_points.csv", operating_table(result));
  write_csv(out / "groups.csv", group_table(result));
  write_csv(out / "curve.csv", curve_table(result));
  write_csv(out / "masses.csv", mass_table(result));
  write_csv(out / "detections.csv", detection_table(result));
  write_json(out / "metrics.json", metrics_json(result));
  write_file(out / "report.html", render(page));
}

}  // namespace mammograft
