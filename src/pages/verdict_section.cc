#include "pages/verdict_section.h"

#include <fmt/format.h>

#include <cmath>

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
    arms += outcome.verdict_difference(arm, difference.against, difference.point) != nullptr;
  return arms;
}

std::string p_words(const StudyOutcome& outcome, const ArmDifference& difference) {
  if (std::isnan(difference.p_holm)) return "no test";
  const int arms = family_size(outcome, difference);
  const std::string p = p_text(difference.p_holm);
  return fmt::format("p {}{}{}", p.starts_with("<") ? "" : "= ", p,
                     arms > 1 ? fmt::format(" after correction for {} arms", arms) : "");
}

std::string detectable_words(const ArmDifference& difference) {
  if (std::isnan(difference.detectable)) {
    return " How small a difference it could have shown is not known: the two do not differ in any "
           "resample.";
  }
  return fmt::format(
      " An experiment of this size shows a difference of {:.1f} points in four of five trials; "
      "smaller ones it mostly cannot tell from chance.",
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
    const ArmDifference* one = outcome.verdict_difference(arm, against, outcome.main_point);
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

std::string seeds_text(const StudyOutcome& outcome) {
  size_t fewest = outcome.study.seeds.size();
  for (const ArmScore& score : outcome.scores) fewest = std::min(fewest, score.seeds.size());
  if (fewest < 2) {
    return "One seed: how differently another training of the same arm would have turned out is "
           "not "
           "in these intervals and tests. A few points may be nothing but that.";
  }
  return fmt::format(
      "{} seeds: patients and seeds are drawn together, so the intervals hold what another "
      "training "
      "would give, as far as {} trainings can tell{}.",
      fewest, fewest, fewest < 5 ? "; of so few they are too narrow rather than too wide" : "");
}

Table verdict_table(const StudyOutcome& outcome, size_t against) {
  const Study& study = outcome.study;
  Table table{{{"point", "Learnt from, for"},
               {"masses", "Real masses", 0},
               {"arm", "Arm"},
               {"tpr", "TPR at 0.5 FPPI"},
               {"other", "of " + study.arms[against].name},
               {"difference", "Difference (interval)"},
               {"p", "p, corrected"},
               {"detectable", "Shown in 4 of 5 trials"},
               {"verdict", "Verdict"}},
              {}};
  for (const ArmScore& score : outcome.scores) {
    const ArmDifference* one = outcome.verdict_difference(score.arm, against, score.point);
    const ArmScore* other = outcome.score(against, score.point);
    if (one == nullptr || other == nullptr) continue;
    table.rows.push_back(
        {study.words(study.points[score.point]), finite_cell(study.points[score.point].masses),
         study.arms[score.arm].name, finite_cell(score.rates[outcome.verdict_rate].pooled.value),
         finite_cell(other->rates[outcome.verdict_rate].pooled.value),
         signed_with_interval(one->gain.value, one->gain.interval), p_text(one->p_holm),
         finite_cell(one->detectable), verdict_word(verdict_of(*one, outcome.level()))});
  }
  return table;
}

void add_against(const StudyOutcome& outcome, size_t against, Section& section) {
  for (size_t arm = 0; arm < outcome.study.arms.size(); ++arm) {
    const ArmDifference* one = outcome.verdict_difference(arm, against, outcome.main_point);
    if (one != nullptr) section.blocks.push_back(Paragraph{verdict_text(outcome, *one)});
  }
}

void add_missing(const Study& study, Section& section) {
  if (study.missing.empty()) return;
  Table table{{{"what", "Not there yet"}, {"state", "State"}, {"note", ""}}, {}};
  for (const MissingTask& one : study.missing) {
    if (table.rows.size() == kMissingShown) break;
    table.rows.push_back({one.what, one.state, one.note});
  }
  section.blocks.push_back(Paragraph{
      fmt::format("The experiment is not complete: {} tasks are missing. What stands here "
                  "is of the trainings whose every fold is scored, and may change.",
                  study.missing.size()),
      true});
  section.blocks.push_back(TableBlock{table, study.missing.size() > kMissingShown
                                                 ? fmt::format("The first {}", kMissingShown)
                                                 : ""});
}

void add_points(const StudyOutcome& outcome, size_t against, Section& section) {
  Table table = verdict_table(outcome, against);
  if (outcome.study.points.size() < 2 || table.rows.empty()) return;
  section.blocks.push_back(
      TableBlock{std::move(table),
                 fmt::format("At every point of the plan, against {}; p is corrected over the "
                             "arms of a point, not over the points",
                             outcome.study.arms[against].name)});
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
  return fmt::format("{} against {}: no difference shown. {}{}{}", arm, other,
                     (char)std::toupper(numbers[0]) + numbers.substr(1),
                     correction_words(difference, outcome.level()), detectable_words(difference));
}

Section verdict_section(const StudyOutcome& outcome) {
  Section section{"Verdict", {}};
  const auto real = outcome.study.arm_of("real"), pie = outcome.study.arm_of("pie");
  if (real) {
    const std::vector<Headline> headlines = verdict_headlines(outcome, *real);
    if (!headlines.empty()) section.blocks.push_back(headlines);
    add_against(outcome, *real, section);
  } else {
    section.blocks.push_back(Paragraph{
        "The plan has no arm without grafts (method real): what grafts do cannot be said.", true});
  }
  add_missing(outcome.study, section);
  if (pie) add_against(outcome, *pie, section);
  section.blocks.push_back(Paragraph{setting_text(outcome)});
  section.blocks.push_back(Paragraph{seeds_text(outcome), outcome.study.seeds.size() < 2});
  if (real) add_points(outcome, *real, section);
  for (const std::string& note : outcome.scored.comparison.notes)
    section.blocks.push_back(Paragraph{note, true});
  return section;
}

}  // namespace mammograft
