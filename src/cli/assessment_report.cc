#include "cli/assessment_report.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <opencv2/imgproc.hpp>

#include "cli/evaluation_report.h"
#include "core/files.h"
#include "core/parallel.h"
#include "core/version.h"
#include "image/draw.h"
#include "image/image_io.h"
#include "report/reader.h"

namespace mammograft {
namespace {

constexpr int kTile = 190;  // px, of a gallery
constexpr int kColumns = 3;
constexpr int kConvincing = 6;      // masses at each end of the scores
constexpr int kMostReaderPx = 512;  // a larger picture is reduced

const char* const kGenerator = "mammograft " MAMMOGRAFT_VERSION;

std::string percent(double share, int digits = 1) {
  return std::isnan(share) ? "–" : fmt::format("{:.{}f} %", 100 * share, digits);
}

std::string spread_text(const Spread& spread) {
  if (std::isnan(spread.median)) return "–";
  return fmt::format("{:.2f} ({:.2f}–{:.2f})", spread.median, spread.low, spread.high);
}

std::vector<const AssessedSet*> all_sets(const Assessment& assessment) {
  std::vector<const AssessedSet*> sets = {&assessment.real};
  for (const AssessedSet& set : assessment.sets) sets.push_back(&set);
  return sets;
}

Table told_apart_table(const Assessment& assessment) {
  Table table{{{"set", "Set"},
               {"auc", "AUC (interval)"},
               {"seeds", "AUC of each seed"},
               {"tested", "Synthetic tested"},
               {"real", "Real tested"},
               {"two", "Patients in two folds"}},
              {}};
  for (const AssessedSet& set : assessment.sets) {
    std::string seeds;
    for (double value : set.seed_auc) {
      seeds += fmt::format("{}{:.2f}", seeds.empty() ? "" : " · ", value);
    }
    table.rows.push_back({set.name, with_interval(set.auc.value, set.auc.interval), seeds,
                          fmt::format("{} of {}", set.auc.positives, set.masses.size()),
                          fmt::format("{} of {}", set.auc.negatives, assessment.real.masses.size()),
                          static_cast<int64_t>(set.two_folds)});
  }
  return table;
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

std::vector<Headline> headlines(const Assessment& assessment) {
  std::vector<Headline> result;
  for (const AssessedSet& set : assessment.sets) {
    const Interval& bounds = set.auc.interval;
    result.push_back({std::isnan(set.auc.value) ? "–" : fmt::format("{:.3f}", set.auc.value),
                      "AUC, " + set.name,
                      std::isnan(bounds.low)
                          ? "no interval"
                          : fmt::format("interval {:.3f} to {:.3f}", bounds.low, bounds.high)});
  }
  result.push_back({fmt::format("{}", assessment.real.masses.size()), "real masses",
                    fmt::format("{} folds by patient", assessment.folds.count)});
  return result;
}

Section result_section(const Assessment& assessment, const AssessOptions& options) {
  Section section{"Told apart", {}};
  section.blocks.push_back(headlines(assessment));
  section.blocks.push_back(Paragraph{fmt::format(
      "The area under the ROC curve of small networks that learnt to tell the synthetic from the "
      "real masses, on patients that they never saw. 0.5: they could not; 1: always. Each set has "
      "networks of its own, {}. Pairs are compared within folds.",
      options.classifier.seeds == 1
          ? "of one seed"
          : fmt::format("whose scores are averaged over {} seeds", options.classifier.seeds))});
  section.blocks.push_back(TableBlock{told_apart_table(assessment), ""});
  if (!assessment.differences.empty()) {
    section.blocks.push_back(TableBlock{
        difference_table(assessment),
        "Differences of the AUC, paired: the same real masses, the same resamples. Below 0: the "
        "first is harder to tell from real masses."});
  }
  if (options.resamples > 0) {
    section.blocks.push_back(Paragraph{fmt::format(
        "Intervals: {:g} %, {} bootstrap resamples of patients within folds. A mass of two "
        "patients, its lesion's and its background's, counts as often as both together. The "
        "networks are not trained anew.",
        100 * options.level, options.resamples)});
  }
  return section;
}

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

// `count` of the masses, drawn without replacement.
std::vector<size_t> drawn(size_t masses, int count, Rng rng) {
  std::vector<size_t> order(masses);
  std::iota(order.begin(), order.end(), size_t{0});
  rng.shuffle(order);
  order.resize(std::min(order.size(), static_cast<size_t>(count)));
  return order;
}

// One picture file of several masses.
std::string montage_of(const AssessedSet& set, const std::vector<size_t>& chosen,
                       const std::vector<std::string>& captions, const WindowOptions& window,
                       int side_px, int threads) {
  std::vector<Tile> tiles(chosen.size());
  parallel_for(static_cast<int64_t>(chosen.size()), threads, [&](int64_t i) {
    const auto k = static_cast<size_t>(i);
    const cv::Mat grey = mass_picture(set.masses[chosen[k]].ref, window, side_px).pixels;
    cv::cvtColor(grey, tiles[k].rgb, cv::COLOR_GRAY2RGB);
    if (k < captions.size()) tiles[k].caption = captions[k];
  });
  return encode_jpeg(montage(tiles, kColumns, kTile, kTile));
}

class Galleries {
 public:
  Galleries(const Assessment& assessment, const WindowOptions& window,
            const AssessmentReportOptions& options, uint64_t seed, int threads)
      : assessment_(assessment),
        window_(window),
        options_(options),
        rng_(Rng(seed).fork("assess.gallery")),
        threads_(threads) {}

  Section random() const {
    Gallery gallery{"Drawn at random",
                    "At one scale, unless a mass is larger; grey levels by each picture's middle.",
                    {}};
    for (const AssessedSet* set : all_sets(assessment_)) {
      const std::vector<size_t> chosen =
          drawn(set->masses.size(), options_.gallery, rng_.fork(set->name));
      gallery.pictures.push_back(
          {montage_of(*set, chosen, {}, window_, options_.reader_px, threads_), set->name, ""});
    }
    return {"Windows", {gallery}};
  }

  Section by_score() const {
    Section section{"By the networks' scores", {}};
    for (const AssessedSet& set : assessment_.sets) {
      std::vector<size_t> order;
      for (size_t i = 0; i < set.masses.size(); ++i) {
        if (!std::isnan(set.masses[i].score)) order.push_back(i);
      }
      std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
        return set.masses[a].score < set.masses[b].score;
      });
      Gallery gallery{set.name, "", {}};
      gallery.pictures.push_back(end_of(set, order, "most like real masses"));
      std::reverse(order.begin(), order.end());
      gallery.pictures.push_back(end_of(set, order, "most clearly synthetic"));
      section.blocks.push_back(std::move(gallery));
    }
    return section;
  }

 private:
  Picture end_of(const AssessedSet& set, std::vector<size_t> order,
                 const std::string& caption) const {
    order.resize(std::min<size_t>(order.size(), kConvincing));
    std::vector<std::string> captions;
    for (size_t i : order) captions.push_back(fmt::format("{:+.1f}", set.masses[i].score));
    return {montage_of(set, order, captions, window_, options_.reader_px, threads_), caption, ""};
  }

  const Assessment& assessment_;
  const WindowOptions& window_;
  const AssessmentReportOptions& options_;
  Rng rng_;
  int threads_;
};

const AssessedSet& reader_set(const Assessment& assessment, const std::string& name) {
  for (const AssessedSet& set : assessment.sets) {
    if (set.name == name) return set;
  }
  return assessment.sets.front();
}

std::string origin_of(const AssessedMass& mass, const Assessment& assessment) {
  std::string text = mass.ref.image->file_name;
  for (int patient : mass.patients) {
    text += " · " + assessment.patients[static_cast<size_t>(patient)];
  }
  return text;
}

ReaderItem reader_item(const AssessedMass& mass, bool synthetic, const Assessment& assessment,
                       const WindowOptions& window, int side_px) {
  const MassPicture picture = mass_picture(mass.ref, window, side_px);
  return {encode_png(resize_to_fit(picture.pixels, kMostReaderPx, kMostReaderPx), 6),
          picture.radius, synthetic, origin_of(mass, assessment)};
}

std::string reader_page(const Assessment& assessment, const WindowOptions& window,
                        const AssessmentReportOptions& options, uint64_t seed, int threads) {
  const AssessedSet& set = reader_set(assessment, options.reader);
  const Rng rng = Rng(seed).fork("assess.reader");
  std::vector<std::pair<const AssessedMass*, bool>> shown;
  for (const AssessedSet* from : {&assessment.real, &set}) {
    const bool synthetic = from == &set;
    for (size_t i : drawn(from->masses.size(), options.reader_count,
                          rng.fork(synthetic ? "synthetic" : "real"))) {
      shown.emplace_back(&from->masses[i], synthetic);
    }
  }
  Rng order = rng.fork("order");
  order.shuffle(shown);
  ReaderPage page{"Real or synthetic?", set.name, kGenerator, {}, rng.fork("veil").next()};
  page.items.resize(shown.size());
  parallel_for(static_cast<int64_t>(shown.size()), threads, [&](int64_t i) {
    const auto k = static_cast<size_t>(i);
    page.items[k] =
        reader_item(*shown[k].first, shown[k].second, assessment, window, options.reader_px);
  });
  return render_reader(page);
}

}  // namespace

void check(const AssessmentReportOptions& options, const std::vector<std::string>& set_names) {
  const bool known = options.reader.empty() || std::find(set_names.begin(), set_names.end(),
                                                         options.reader) != set_names.end();
  if (!known) fail(ErrorKind::usage, "reader: there is no synthetic set '{}'", options.reader);
  if (options.reader_px < 16 || options.reader_px > 4096) {
    fail(ErrorKind::usage, "reader_px: found {}, expected 16 to 4096", options.reader_px);
  }
  if (options.gallery < 0 || options.reader_count < 0) {
    fail(ErrorKind::usage, "gallery and reader_count: found {} and {}, expected 0 or more",
         options.gallery, options.reader_count);
  }
}

void write_assessment_report(const Assessment& assessment, const std::filesystem::path& out,
                             const AssessOptions& assessed, const AssessmentReportOptions& options,
                             uint64_t seed, int threads) {
  Page page{options.title, "", kGenerator, {}};
  page.sections.push_back(result_section(assessment, assessed));
  page.sections.push_back(measure_section(assessment, assessed));
  if (options.gallery > 0) {
    const Galleries galleries(assessment, assessed.window, options, seed, threads);
    page.sections.push_back(galleries.random());
    page.sections.push_back(galleries.by_score());
  }
  page.sections.push_back(
      {"Configuration", {Collapsed{"options of the assessment", to_json(assessed)}}});
  write_csv(out / "assessment.csv", assessment_table(assessment));
  write_csv(out / "differences.csv", difference_table(assessment));
  write_csv(out / "masses.csv", assessed_mass_table(assessment));
  if (options.reader_count > 0) {
    write_file(out / "reader.html",
               reader_page(assessment, assessed.window, options, seed, threads));
  }
  write_file(out / "report.html", render(page));
  write_json(out / "assessment.json", assessment_json(assessment, assessed, seed));
}

}  // namespace mammograft
