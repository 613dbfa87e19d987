#include "pages/verdict_section.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "pages/arm_tables.h"
#include "pages/numbers.h"

namespace mammograft {
namespace {

constexpr size_t kMissingShown = 20;

std::string verdict_word(Verdict verdict) {
  if (verdict == Verdict::helps) return "helps";
  return verdict == Verdict::harms ? "harms" : "no difference shown";
}

std::string interval_words(const Estimate& gain, double level) {
  if (std::isnan(gain.interval.low)) return "no interval";
  return fmt::format("{:g} % interval {} to {}", 100 * level, points(gain.interval.low),
                     points(gain.interval.high));
}

// "6 arms": how many were compared with the same one.
int family_size(const StudyOutcome& outcome, const ArmDifference& difference) {
  int arms = 0;
  for (size_t arm = 0; arm < outcome.study.arms.size(); ++arm)
    arms += outcome.difference(arm, difference.against, difference.point) != nullptr;
  return arms;
}

// "p = 0.041", "p < 0.001"
std::string p_equals(double p) {
  const std::string text = p_text(p);
  return fmt::format("p {}{}", text.starts_with("<") ? "" : "= ", text);
}

std::string p_words(const StudyOutcome& outcome, const ArmDifference& difference) {
  if (std::isnan(difference.p_holm)) return "no test";
  const int arms = family_size(outcome, difference);
  return fmt::format("{}{}", p_equals(difference.p_holm),
                     arms > 1 ? fmt::format(" after correction for {} arms", arms) : "");
}

std::string detectable_words(const ArmDifference& difference) {
  if (std::isnan(difference.detectable)) {
    return " How small a difference it could have shown is not known: there are no resamples, or "
           "the "
           "two do not differ in any.";
  }
  return fmt::format(
      " A difference of {:.1f} points would be shown by four of five experiments of this size; "
      "smaller ones mostly cannot be told from chance.",
      100 * difference.detectable);
}

// The interval alone would have said more.
std::string correction_words(const ArmDifference& difference, double level) {
  const Interval& interval = difference.gain.interval;
  if (!(interval.low > 0 || interval.high < 0)) return "";
  if (verdict_of(difference, level) != Verdict::not_shown) return "";
  return fmt::format(" The interval lies {} 0, but p as it stands, {}, is not small enough.",
                     interval.low > 0 ? "above" : "below", p_text(difference.p_holm));
}

std::vector<Headline> verdict_headlines(const StudyOutcome& outcome, size_t against) {
  std::vector<Headline> headlines;
  for (size_t arm = 0; arm < outcome.study.arms.size(); ++arm) {
    const ArmDifference* one = outcome.difference(arm, against, outcome.main_point);
    if (one == nullptr) continue;
    headlines.push_back({points(one->gain.value) + " points",
                         fmt::format("{}: {}", outcome.study.arms[arm].name,
                                     verdict_word(verdict_of(*one, outcome.level()))),
                         interval_words(one->gain, outcome.level())});
  }
  return headlines;
}

std::string setting_text(const StudyOutcome& outcome) {
  const Study& study = outcome.study;
  const EvaluationCounts& counts = outcome.scored.sets.front().counts;
  const StudyPoint& point = study.points[outcome.main_point];
  std::string text = fmt::format("Tested on {} masses of {} patients in {} images", counts.masses,
                                 counts.patients, counts.images);
  if (point.masses > 0) text += fmt::format("; learnt from {:.0f} real masses", point.masses);
  if (const std::string words = study.words(point); !words.empty()) text += " (" + words + ")";
  return text + ". “Points” are hundredths of the masses: from 70 % to 75 % are 5 points.";
}

struct SeedCounts {
  size_t fewest = 0, most = 0;  // of an arm
};

SeedCounts seed_counts(const StudyOutcome& outcome) {
  SeedCounts counts{outcome.study.seeds.size(), 0};
  for (const ArmScore& score : outcome.scores) {
    counts.fewest = std::min(counts.fewest, score.seeds.size());
    counts.most = std::max(counts.most, score.seeds.size());
  }
  return counts;
}

std::string seeds_text(const SeedCounts& counts) {
  if (counts.fewest < 2) {
    return fmt::format(
        "{}: how differently another training of the same arm would have turned out is not in {} "
        "intervals and tests. A few points may be nothing but that.",
        counts.most > 1 ? "One seed of some arms" : "One seed",
        counts.most > 1 ? "their" : "these");
  }
  return fmt::format(
      "{} seeds: patients and seeds are drawn together, so the intervals hold what another "
      "training would give, as far as {} trainings can tell{}.",
      counts.fewest, counts.fewest,
      counts.fewest < 5 ? "; of so few they are too narrow rather than too wide" : "");
}

// "helps: +5.2 (−6.2 to +14.7), p 0.041".
std::string matrix_text(const StudyOutcome& outcome, const ArmDifference& difference) {
  const Verdict verdict = verdict_of(difference, outcome.level());
  const Interval& interval = difference.gain.interval;
  return fmt::format("{}{} ({} to {}), p {}",
                     verdict == Verdict::not_shown ? "" : verdict_word(verdict) + ": ",
                     points(difference.gain.value), points(interval.low), points(interval.high),
                     p_text(difference.p_holm));
}

// A row a point, a column an arm.
Table verdict_table(const StudyOutcome& outcome, size_t against) {
  const Study& study = outcome.study;
  Table table{{{"point", "Learnt from, for"},
               {"masses", "Real masses", 0},
               {"real", "TPR of " + study.arms[against].name}},
              {}};
  for (size_t arm = 0; arm < study.arms.size(); ++arm)
    if (arm != against) table.columns.push_back({"arm", study.arms[arm].name});
  for (size_t point = 0; point < study.points.size(); ++point) {
    const ArmScore* other = outcome.score(against, point);
    if (other == nullptr) continue;
    std::vector<Cell> row = {study.words(study.points[point]),
                             finite_cell(study.points[point].masses),
                             finite_cell(other->rates[outcome.verdict_rate].pooled.value)};
    for (size_t arm = 0; arm < study.arms.size(); ++arm) {
      if (arm == against) continue;
      const ArmDifference* one = outcome.difference(arm, against, point);
      row.push_back(one == nullptr ? Cell() : Cell(matrix_text(outcome, *one)));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

void add_against(const StudyOutcome& outcome, size_t against, Section& section) {
  for (size_t arm = 0; arm < outcome.study.arms.size(); ++arm) {
    const ArmDifference* one = outcome.difference(arm, against, outcome.main_point);
    if (one != nullptr) section.blocks.push_back(Paragraph{verdict_text(outcome, *one)});
  }
}

// Arms of one verdict at a point: "blend, fuse".
std::string arms_with(const StudyOutcome& outcome, size_t against, size_t point, Verdict verdict) {
  std::string names;
  for (size_t arm = 0; arm < outcome.study.arms.size(); ++arm) {
    const ArmDifference* one = outcome.difference(arm, against, point);
    if (one == nullptr || verdict_of(*one, outcome.level()) != verdict) continue;
    names += (names.empty() ? "" : ", ") + outcome.study.arms[arm].name;
  }
  return names;
}

// "blend at 6 of 9, fuse at 1 of 9"; of arms that have the verdict at some point.
std::string counts_with(const StudyOutcome& outcome, size_t against, Verdict verdict) {
  std::string text;
  for (size_t arm = 0; arm < outcome.study.arms.size(); ++arm) {
    int compared = 0, with = 0;
    for (size_t point = 0; point < outcome.study.points.size(); ++point) {
      const ArmDifference* one = outcome.difference(arm, against, point);
      compared += one != nullptr;
      with += one != nullptr && verdict_of(*one, outcome.level()) == verdict;
    }
    if (with == 0) continue;
    text += fmt::format("{}{} at {} of {}", text.empty() ? "" : ", ", outcome.study.arms[arm].name,
                        with, compared);
  }
  return text;
}

// Of the arms whose mean over the settings shows something.
std::string mean_text(const StudyOutcome& outcome) {
  std::string text;
  for (const MeanDifference& one : outcome.mean_differences) {
    if (one.fppi != kVerdictFppi) continue;
    if (verdict_of(one.gain, one.p_holm, outcome.level()) == Verdict::not_shown) continue;
    text +=
        fmt::format("{} {} {} points over {} settings ({}, {})", text.empty() ? " Together:" : ";",
                    outcome.study.arms[one.arm].name, points(one.gain.value), one.points.size(),
                    interval_words(one.gain, outcome.level()), p_equals(one.p_holm));
  }
  return text.empty() ? text : text + ".";
}

// What a reader in a hurry takes home.
std::string summary_text(const StudyOutcome& outcome, size_t against) {
  const std::string& other = outcome.study.arms[against].name;
  const std::string words = outcome.study.words(outcome.study.points[outcome.main_point]);
  std::string text = words.empty() ? "" : words + ": ";
  const std::string helps = arms_with(outcome, against, outcome.main_point, Verdict::helps),
                    harms = arms_with(outcome, against, outcome.main_point, Verdict::harms),
                    rest = arms_with(outcome, against, outcome.main_point, Verdict::not_shown);
  const auto verb = [](const std::string& names) {
    return names.find(',') == names.npos ? "finds" : "find";
  };
  if (!helps.empty()) text += fmt::format("{} {} more masses than {}. ", helps, verb(helps), other);
  if (!harms.empty())
    text += fmt::format("{} {} fewer masses than {}. ", harms, verb(harms), other);
  if (!rest.empty()) text += fmt::format("No difference to {} is shown for {}. ", other, rest);
  if (outcome.study.points.size() > 1) {
    const std::string more = counts_with(outcome, against, Verdict::helps),
                      less = counts_with(outcome, against, Verdict::harms);
    text += "Each setting of the plan by itself, helps: " + (more.empty() ? "none" : more) +
            "; harms: " + (less.empty() ? "none" : less) + "." + mean_text(outcome);
  }
  return text;
}

// All arms in one sentence.
std::string against_text(const StudyOutcome& outcome, size_t against) {
  std::string text;
  for (size_t arm = 0; arm < outcome.study.arms.size(); ++arm) {
    const ArmDifference* one = outcome.difference(arm, against, outcome.main_point);
    if (one == nullptr) continue;
    text += fmt::format("{}{} {} points ({}), {}, {}", text.empty() ? "" : "; ",
                        outcome.study.arms[arm].name, points(one->gain.value),
                        interval_words(one->gain, outcome.level()), p_words(outcome, *one),
                        verdict_word(verdict_of(*one, outcome.level())));
  }
  return text.empty() ? "" : fmt::format("Against {}: {}.", outcome.study.arms[against].name, text);
}

void add_missing(const Study& study, Section& section) {
  if (study.missing.empty()) return;
  Table table{{{"what", "Not there yet"}, {"state", "State"}, {"note", ""}}, {}};
  for (const MissingTask& one : study.missing) {
    if (table.rows.size() == kMissingShown) break;
    table.rows.push_back({one.what, one.state, one.note});
  }
  section.blocks.push_back(
      Paragraph{fmt::format("The experiment is not complete: {} task{} missing. What stands here "
                            "is of the trainings whose every fold is scored, and may change.",
                            study.missing.size(), study.missing.size() == 1 ? " is" : "s are"),
                true});
  section.blocks.push_back(TableBlock{table, study.missing.size() > kMissingShown
                                                 ? fmt::format("The first {}", kMissingShown)
                                                 : ""});
}

}  // namespace

std::string verdict_text(const StudyOutcome& outcome, const ArmDifference& difference) {
  const Study& study = outcome.study;
  const size_t rate = outcome.verdict_rate;
  const std::string &arm = study.arms[difference.arm].name,
                    &other = study.arms[difference.against].name;
  const ArmScore* score = outcome.score(difference.arm, difference.point);
  const ArmScore* against = outcome.score(difference.against, difference.point);
  const Verdict verdict = verdict_of(difference, outcome.level());
  const std::string numbers = fmt::format(
      "at {:g} false positives per image it finds {} of the masses, {} {}: {} points ({}), {}.",
      difference.fppi, percent(score->rates[rate].pooled.value), other,
      percent(against->rates[rate].pooled.value), points(difference.gain.value),
      interval_words(difference.gain, outcome.level()), p_words(outcome, difference));
  if (verdict == Verdict::helps)
    return fmt::format("{} finds more than {}: {}", arm, other, numbers);
  if (verdict == Verdict::harms)
    return fmt::format("{} finds less than {}: {}", arm, other, numbers);
  return fmt::format("{} against {}, no difference shown: {}{}{}", arm, other, numbers,
                     correction_words(difference, outcome.level()), detectable_words(difference));
}

Section verdict_section(const StudyOutcome& outcome) {
  Section section{"Verdict", {}};
  const auto real = outcome.study.arm_of("real"), pie = outcome.study.arm_of("pie");
  add_missing(outcome.study, section);
  if (real) {
    section.blocks.push_back(Paragraph{summary_text(outcome, *real)});
    const std::vector<Headline> headlines = verdict_headlines(outcome, *real);
    if (!headlines.empty()) section.blocks.push_back(headlines);
    add_against(outcome, *real, section);
  } else {
    section.blocks.push_back(Paragraph{
        "The plan has no arm without grafts (method real): what grafts do cannot be said.", true});
  }
  if (const std::string text = pie ? against_text(outcome, *pie) : ""; !text.empty())
    section.blocks.push_back(Paragraph{text});
  section.blocks.push_back(Paragraph{setting_text(outcome)});
  const SeedCounts seeds = seed_counts(outcome);
  section.blocks.push_back(Paragraph{seeds_text(seeds), seeds.fewest < 2});
  for (const std::string& note : outcome.scored.comparison.notes)
    section.blocks.push_back(Paragraph{note, true});
  return section;
}

Section points_section(const StudyOutcome& outcome) {
  Section section{"Every setting", {}};
  const auto real = outcome.study.arm_of("real");
  if (!real || outcome.study.points.size() < 2) return section;
  section.blocks.push_back(TableBlock{
      verdict_table(outcome, *real),
      fmt::format("Points gained or lost against {} at 0.5 false positives per image ({:g} % "
                  "interval), p corrected over the arms of a row, not over the rows: of many rows "
                  "some will look like findings by chance",
                  outcome.study.arms[*real].name, 100 * outcome.level())});
  Table means = mean_difference_rows(outcome);
  if (means.rows.empty()) return section;
  section.blocks.push_back(TableBlock{
      std::move(means),
      fmt::format(
          "All settings together, as far as both are there: mean difference of the TPR to {} "
          "(interval; patients and seeds are drawn once for all settings), p by the "
          "resamples alone, corrected over the arms",
          outcome.study.arms[*real].name)});
  return section;
}

}  // namespace mammograft
