#include "pages/arm_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "core/progress_bar.h"
#include "pages/numbers.h"
#include "pages/quoted.h"

namespace mammograft {
namespace {

const std::vector<double> kShownFppi = {0.1, 0.25, 0.5, 0.8, 1};

// Indices of these among the options' FPPI.
std::vector<size_t> shown_rates(const StudyOutcome& outcome) {
  std::vector<size_t> shown;
  const std::vector<double>& fppi = outcome.scored.options.fppi;
  for (size_t x = 0; x < fppi.size(); ++x)
    if (std::count(kShownFppi.begin(), kShownFppi.end(), fppi[x])) shown.push_back(x);
  return shown;
}

Table fppi_columns(const StudyOutcome& outcome) {
  Table table{{{"arm", "Arm"}}, {}};
  for (size_t x : shown_rates(outcome)) {
    table.columns.push_back({"tpr", fmt::format("at {:g} FPPI", outcome.scored.options.fppi[x])});
  }
  return table;
}

using RateText = std::function<std::string(const ArmRate&)>;

// A row for each arm with a training at the point.
Table rate_rows(const StudyOutcome& outcome, size_t point, const RateText& text) {
  Table table = fppi_columns(outcome);
  for (const ArmScore& score : outcome.scores) {
    if (score.point != point) continue;
    std::vector<Cell> row = {outcome.study.arms[score.arm].name};
    for (size_t x : shown_rates(outcome)) row.emplace_back(text(score.rates[x]));
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::string each_text(const std::vector<double>& values) {
  std::string text;
  for (double value : values) text += fmt::format("{}{:.3f}", text.empty() ? "" : ", ", value);
  return text;
}

const ArmDifference* difference_at(const StudyOutcome& outcome, const ArmScore& score,
                                   const char* method, double fppi) {
  const auto against = outcome.study.arm_of(method);
  return against ? outcome.difference(score.arm, *against, score.point, fppi) : nullptr;
}

void add_difference(const ArmDifference* difference, std::vector<Cell>& row) {
  if (difference == nullptr) {
    row.insert(row.end(), 6, Cell());
    return;
  }
  row.push_back(finite_cell(difference->gain.value));
  row.push_back(finite_cell(difference->gain.interval.low));
  row.push_back(finite_cell(difference->gain.interval.high));
  row.push_back(finite_cell(difference->p));
  row.push_back(finite_cell(difference->p_holm));
  row.push_back(finite_cell(difference->detectable));
}

void add_difference_columns(const std::string& against, Table& table) {
  for (const char* what : {"difference", "low", "high", "p", "p_holm", "detectable"})
    table.columns.push_back({fmt::format("{}_{}", against, what), ""});
}

Cell known_length(double length) { return length > 0 ? Cell(length) : Cell(); }
Cell known_patients(const Study& study, int patients) {
  if (patients > 0) return int64_t{patients};
  return study.several_patients() ? Cell("all") : Cell();
}

std::vector<Cell> arm_row(const StudyOutcome& outcome, const ArmScore& score, const ArmRate& rate) {
  const StudyArm& arm = outcome.study.arms[score.arm];
  const StudyPoint& point = outcome.study.points[score.point];
  std::vector<Cell> row = {known_patients(outcome.study, point.patients),
                           finite_cell(point.masses),
                           known_length(point.length),
                           arm.name,
                           arm.method,
                           static_cast<int64_t>(score.seeds.size()),
                           rate.fppi,
                           finite_cell(rate.pooled.value),
                           finite_cell(rate.pooled.interval.low),
                           finite_cell(rate.pooled.interval.high),
                           static_cast<int64_t>(rate.of_fold.size()),
                           finite_cell(rate.folds.mean),
                           finite_cell(rate.folds.deviation),
                           finite_cell(rate.seeds.deviation)};
  add_difference(difference_at(outcome, score, "real", rate.fppi), row);
  add_difference(difference_at(outcome, score, "pie", rate.fppi), row);
  row.emplace_back(short_rule(outcome.scored.options));
  return row;
}

std::vector<size_t> arms_of_groups(const StudyOutcome& outcome) {
  std::vector<size_t> arms;
  for (const ArmGroup& group : outcome.groups)
    if (std::find(arms.begin(), arms.end(), group.arm) == arms.end()) arms.push_back(group.arm);
  return arms;
}

using GroupText = std::function<std::string(const ArmGroup&)>;

Table group_rows_of(const StudyOutcome& outcome, const std::vector<size_t>& arms,
                    const GroupText& text) {
  Table table{{{"by", "By"}, {"group", "Group"}, {"masses", "Masses"}}, {}};
  for (size_t arm : arms) table.columns.push_back({"arm", outcome.study.arms[arm].name});
  for (const ArmGroup& group : outcome.groups) {
    if (!is_shown(group) || std::find(arms.begin(), arms.end(), group.arm) == arms.end()) continue;
    if (group.arm == arms.front())
      table.rows.push_back({group.by, group.group, static_cast<int64_t>(group.masses)});
    table.rows.back().emplace_back(text(group));
  }
  return table;
}

Cell place_cell(const CurvePlace& place, bool known) { return known ? Cell(place.x) : Cell(); }

// Null: the arm does without.
const StageCost* cost_of(const ArmCost& cost, const std::string& stage) {
  for (const StageCost& one : cost.stages)
    if (one.stage == stage) return &one;
  return nullptr;
}

// Empty where nothing of it is done, too.
Cell seconds_cell(const ArmCost& cost, const std::string& stage) {
  const StageCost* found = cost_of(cost, stage);
  return found && found->done > 0 ? Cell(found->seconds) : Cell();
}

}  // namespace

bool is_shown(const ArmGroup& group) {
  for (const char* by : {"size", "subtlety", "conspicuity", "density", "view"})
    if (group.by == by) return true;
  return false;
}

Table arm_table(const StudyOutcome& outcome) {
  Table table;
  for (const char* key :
       {"patients", "masses", "length", "arm", "method", "seeds", "fppi_limit", "tpr", "tpr_low",
        "tpr_high", "folds", "fold_mean", "fold_deviation", "seed_deviation"})
    table.columns.push_back({key, ""});
  add_difference_columns("real", table);
  add_difference_columns("pie", table);
  table.columns.push_back({"rule", ""});
  for (const ArmScore& score : outcome.scores)
    for (const ArmRate& rate : score.rates) table.rows.push_back(arm_row(outcome, score, rate));
  return table;
}

Table arm_group_table(const StudyOutcome& outcome) {
  Table table;
  for (const char* key : {"by", "group", "masses", "arm", "tpr", "tpr_low", "tpr_high",
                          "real_difference", "real_low", "real_high"})
    table.columns.push_back({key, ""});
  for (const ArmGroup& group : outcome.groups) {
    table.rows.push_back({group.by, group.group, static_cast<int64_t>(group.masses),
                          outcome.study.arms[group.arm].name, finite_cell(group.rate.value),
                          finite_cell(group.rate.interval.low),
                          finite_cell(group.rate.interval.high), finite_cell(group.gain.value),
                          finite_cell(group.gain.interval.low),
                          finite_cell(group.gain.interval.high)});
  }
  return table;
}

Table worth_table(const StudyOutcome& outcome) {
  Table table;
  for (const char* key : {"length", "masses", "arm", "grafts", "worth", "outside", "low",
                          "low_outside", "high", "high_outside", "per_graft"})
    table.columns.push_back({key, ""});
  for (const Worth& one : outcome.worths) {
    table.rows.push_back(
        {known_length(outcome.study.points[one.point].length), one.masses,
         outcome.study.arms[one.arm].name, outcome.study.arms[one.arm].grafts_words(), one.value.x,
         one.value.outside(), place_cell(one.low, one.has_interval), one.low.outside(),
         place_cell(one.high, one.has_interval), one.high.outside(), finite_cell(one.per_graft)});
  }
  return table;
}

Table cost_table(const StudyOutcome& outcome) {
  Table table{{{"stage", "Stage"},
               {"done", "Done"},
               {"tasks", "Tasks"},
               {"seconds", "Seconds, together", 0},
               {"mean_seconds", "Seconds of one, mean", 1},
               {"words", "Together"}},
              {}};
  for (const StageCost& one : outcome.study.costs) {
    table.rows.push_back(
        {one.stage, static_cast<int64_t>(one.done), static_cast<int64_t>(one.tasks), one.seconds,
         one.done > 0 ? Cell(one.seconds / one.done) : Cell(), format_duration(one.seconds)});
  }
  return table;
}

Table arm_cost_table(const StudyOutcome& outcome) {
  const Study& study = outcome.study;
  Table table{{{"arm", "Arm"}}, {}};
  for (const StageCost& stage : study.costs) {
    const bool of_an_arm =
        std::any_of(study.arm_costs.begin(), study.arm_costs.end(),
                    [&](const ArmCost& cost) { return cost_of(cost, stage.stage) != nullptr; });
    if (of_an_arm) table.columns.push_back({stage.stage, stage.stage + ", s", 0});
  }
  table.columns.push_back({"seconds", "Together, s", 0});
  for (size_t arm = 0; arm < study.arm_costs.size(); ++arm) {
    std::vector<Cell> row = {study.arms[arm].name};
    for (size_t i = 1; i + 1 < table.columns.size(); ++i)
      row.push_back(seconds_cell(study.arm_costs[arm], table.columns[i].key));
    row.emplace_back(study.arm_costs[arm].seconds());
    table.rows.push_back(std::move(row));
  }
  return table;
}

Table pooled_rows(const StudyOutcome& outcome, size_t point) {
  return rate_rows(outcome, point, [](const ArmRate& rate) {
    return with_interval(rate.pooled.value, rate.pooled.interval);
  });
}

Table fold_rows(const StudyOutcome& outcome, size_t point) {
  Table table = rate_rows(outcome, point, [](const ArmRate& rate) {
    return mean_and_deviation(rate.folds.mean, rate.folds.deviation);
  });
  std::vector<Cell> quoted = {"Lin et al. 2019, quoted"};
  for (size_t x : shown_rates(outcome))
    quoted.emplace_back(quoted_rate(outcome.scored.options.fppi[x]));
  table.rows.push_back(std::move(quoted));
  return table;
}

Table seed_rows(const StudyOutcome& outcome, size_t point) {
  return rate_rows(outcome, point, [](const ArmRate& rate) {
    return mean_and_deviation(rate.seeds.mean, rate.seeds.deviation) + " · " +
           each_text(rate.of_seed);
  });
}

Table difference_rows(const StudyOutcome& outcome, size_t point, size_t against) {
  Table table = fppi_columns(outcome);
  const std::vector<size_t> shown = shown_rates(outcome);
  for (const ArmScore& score : outcome.scores) {
    if (score.point != point) continue;
    std::vector<Cell> row = {outcome.study.arms[score.arm].name};
    for (const ArmDifference& one : outcome.differences) {
      const bool here = one.point == point && one.arm == score.arm && one.against == against;
      if (!here || !std::count(kShownFppi.begin(), kShownFppi.end(), one.fppi)) continue;
      row.emplace_back(fmt::format(
          "{}, p {}", signed_with_interval(one.gain.value, one.gain.interval), p_text(one.p_holm)));
    }
    if (row.size() == shown.size() + 1) table.rows.push_back(std::move(row));
  }
  return table;
}

Table mean_difference_rows(const StudyOutcome& outcome) {
  Table table = fppi_columns(outcome);
  std::optional<size_t> arm;
  for (const MeanDifference& one : outcome.mean_differences) {
    if (!std::count(kShownFppi.begin(), kShownFppi.end(), one.fppi)) continue;
    if (arm != one.arm) table.rows.emplace_back().emplace_back(outcome.study.arms[one.arm].name);
    arm = one.arm;
    table.rows.back().emplace_back(fmt::format(
        "{}, p {}, above 0 in {} of {}", signed_with_interval(one.gain.value, one.gain.interval),
        p_text(one.p_holm), one.gains_at, one.points.size()));
  }
  return table;
}

Table group_rate_rows(const StudyOutcome& outcome) {
  return group_rows_of(outcome, arms_of_groups(outcome), [](const ArmGroup& group) {
    return with_interval(group.rate.value, group.rate.interval);
  });
}

Table group_gain_rows(const StudyOutcome& outcome) {
  std::vector<size_t> arms = arms_of_groups(outcome);
  const auto real = outcome.study.arm_of("real");
  std::erase_if(arms, [&](size_t arm) { return !real || arm == *real; });
  if (arms.empty()) return {};
  return group_rows_of(outcome, arms, [](const ArmGroup& group) {
    return signed_with_interval(group.gain.value, group.gain.interval);
  });
}

std::string place_words(const CurvePlace& place) {
  if (place.side < 0) return fmt::format("fewer than {:.0f}", place.x);
  return place.side > 0 ? fmt::format("more than {:.0f}", place.x) : fmt::format("{:.0f}", place.x);
}

Table worth_rows(const StudyOutcome& outcome) {
  const Study& study = outcome.study;
  Table table{{{"masses", "Real masses", 0},
               {"arm", "Arm"},
               {"grafts", "Grafts"},
               {"worth", "Worth, real masses"},
               {"interval", "Interval"},
               {"per_graft", "Real ones for a graft", 2}},
              {}};
  if (study.several_lengths())
    table.columns.insert(table.columns.begin(), {"length", "After, " + study.unit, 0});
  for (const Worth& one : outcome.worths) {
    std::vector<Cell> row = {one.masses,
                             study.arms[one.arm].name,
                             study.arms[one.arm].grafts_words(),
                             place_words(one.value),
                             one.has_interval ? Cell(fmt::format("{} to {}", place_words(one.low),
                                                                 place_words(one.high)))
                                              : Cell(),
                             finite_cell(one.per_graft)};
    if (study.several_lengths()) row.insert(row.begin(), study.points[one.point].length);
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace mammograft
