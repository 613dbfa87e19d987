#include "experiment/plan.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <numeric>
#include <set>

#include "experiment/command_checks.h"
#include "experiment/command_options.h"
#include "experiment/method_tables.h"
#include "experiment/option_flags.h"
#include "experiment/task_builder.h"
#include "stages/synthesize.h"

namespace mammograft {
namespace {

const std::vector<std::string>& methods() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> names = graft_methods();
    names.insert(names.begin(), "real");
    return names;
  }();
  return all;
}

struct CohortOptions {
  PlanCohort& cohort;
  template <typename V>
  void fields(V&& v) {
    v("path", cohort.path, "folder of the cohort");
    v("command", cohort.command, "that makes it");
    v("input", cohort.input, "what the command reads");
    v("images", cohort.images, "folder of the images, of prepare coco");
  }
};

struct ArmOptions {
  PlanArm& arm;
  template <typename V>
  void fields(V&& v) {
    v("name", arm.name, "in the report");
    v("method", arm.method, "of its grafts");
    v("after", arm.after, "an arm before it: grafts are where its detector is wrong");
    v.group("grafts", arm.grafts);
    v.group("lesions", arm.lesions);
  }
};

// Nobody may say for one command what the plan says for all.
void refuse_keys(const Json& table, const std::string& where,
                 const std::vector<std::pair<std::string, std::string>>& keys) {
  for (const auto& [key, instead] : keys) {
    if (table.contains(key))
      fail(ErrorKind::bad_input, "{}: {}: found here, expected {}", where, key, instead);
  }
}

PlanCohort cohort_from(Json table, const std::string& where) {
  PlanCohort cohort;
  cohort.options = take_table(table, "options", where);
  CohortOptions options{cohort};
  options_from_json(table, where, ErrorKind::bad_input, describe(options));
  if (cohort.path.empty() == cohort.command.empty())
    fail(ErrorKind::bad_input, "{}: expected a path or a command, one of them", where);
  if (cohort.command.empty()) {
    if (!cohort.input.empty() || !cohort.images.empty() || !cohort.options.empty())
      fail(ErrorKind::bad_input,
           "{}: found input, images or options beside path, where nothing reads them", where);
    return cohort;
  }
  if (!cohort.images.empty() && cohort.command != "prepare coco")
    fail(ErrorKind::bad_input, "{}: images: found beside {}, expected prepare coco", where,
         cohort.command);
  if (cohort.input.empty() != (cohort.command == "phantom"))
    fail(ErrorKind::bad_input, "{}: input: found \"{}\", expected what {} reads", where,
         cohort.input, cohort.command);
  (void)cohort_flags(cohort.command, cohort.options, where);
  return cohort;
}

void check_arm(const PlanArm& arm, const std::string& where) {
  const auto is_plain = [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_'; };
  if (arm.name.empty() || !std::all_of(arm.name.begin(), arm.name.end(), is_plain))
    fail(ErrorKind::bad_input, "{}: name: found \"{}\", expected letters, digits, - and _", where,
         arm.name);
  if (std::find(methods().begin(), methods().end(), arm.method) == methods().end())
    fail(ErrorKind::bad_input, "{}: method: found \"{}\", expected one of {}", where, arm.method,
         fmt::join(methods(), ", "));
  if (arm.grafts_online() && !arm.grafts.share)
    fail(ErrorKind::bad_input,
         "{}: grafts.share: found none, expected a share with grafts.online, which has no number",
         where);
  if (arm.has_grafts() && arm.grafts.count < 1)
    fail(ErrorKind::bad_input, "{}: grafts.count: found {}, expected 1 or more", where,
         arm.grafts.count);
  const double share = arm.grafts.share.value_or(0);
  if (!(share >= 0 && share <= 1))
    fail(ErrorKind::bad_input, "{}: grafts.share: found {}, expected 0 to 1, or none", where,
         share);
}

// What an arm says must be of use to it.
void check_own_tables(const PlanArm& arm, const Json& blender, const Json& synthesis,
                      const std::string& where) {
  if (!blender.empty() && !arm.has_network())
    fail(ErrorKind::bad_input, "{}: blender: found options, but method {} trains no network", where,
         arm.method);
  if (!synthesis.empty() && !arm.has_grafts())
    fail(ErrorKind::bad_input, "{}: synthesis: found options, but method real makes no grafts",
         where);
  if (arm.lesions != PlanPart{} && !arm.has_grafts())
    fail(ErrorKind::bad_input, "{}: lesions: found cohorts, but method real makes no grafts",
         where);
  for (const Json* own : {&blender, &synthesis}) {
    const std::string other = table_of_another(*own, arm.method);
    if (!other.empty())
      fail(ErrorKind::bad_input, "{}: {}: found options, but method {} does not read them", where,
           other, arm.method);
  }
}

// The options of the commands that all arms share.
struct SharedTables {
  Json blender, synthesis, detector;
};

SharedTables take_shared(Json& table, const std::string& where) {
  SharedTables tables{take_table(table, "blender", where), take_table(table, "synthesis", where),
                      take_table(table, "detector", where)};
  refuse_keys(tables.blender, where + ": blender", {{"method", "the method of an arm"}});
  refuse_keys(tables.synthesis, where + ": synthesis",
              {{"method", "the method of an arm"}, {"count", "[grafts] count"}});
  refuse_keys(tables.detector, where + ": detector",
              {{"lengths", "[budget] lengths"},
               {"unit", "[budget] unit"},
               {"keep_at", "[budget] along"},
               {"graft", "[grafts] online, and [synthesis]"}});
  if (tables.detector.contains("data")) {
    refuse_keys(tables.detector["data"], where + ": detector.data",
                {{"synthetic_share", "[grafts] share"}});
  }
  return tables;
}

PlanArm arm_from(Json table, const std::string& where, const PlanGrafts& grafts,
                 const SharedTables& shared) {
  PlanArm arm;
  arm.grafts = grafts;
  const SharedTables own = take_shared(table, where);
  ArmOptions options{arm};
  options_from_json(table, where, ErrorKind::bad_input, describe(options));
  if (arm.method.empty()) arm.method = arm.name;
  check_arm(arm, where);
  check_own_tables(arm, own.blender, own.synthesis, where);
  arm.blender = overridden(shared.blender, own.blender);
  arm.synthesis = overridden(shared.synthesis, own.synthesis);
  if (arm.after.empty()) {
    if (own.synthesis.contains("mistakes"))
      fail(ErrorKind::bad_input, "{}: synthesis.mistakes: found without after", where);
    arm.synthesis.erase("mistakes");  // the plan's is for those that come after another
  }
  arm.detector = overridden(shared.detector, own.detector);
  if (arm.has_network()) (void)blender_flags(arm.blender, where + ": blender");
  if (arm.has_grafts()) (void)synthesis_flags(arm.synthesis, where + ": synthesis");
  (void)detector_flags(arm.detector, where + ": detector");
  return arm;
}

std::vector<PlanArm> take_arms(Json& table, const std::string& where, const PlanGrafts& grafts,
                               const SharedTables& shared) {
  const Json list = table.value("arm", Json::array());
  table.erase("arm");
  if (!list.is_array() || list.empty())
    fail(ErrorKind::bad_input, "{}: arm: expected one or more [[arm]]", where);
  std::vector<PlanArm> arms;
  std::set<std::string> names;
  for (size_t i = 0; i < list.size(); ++i) {
    const std::string place = fmt::format("{}: arm[{}]", where, i);
    if (!list[i].is_object()) JsonView(list[i], place).reject("a table");
    arms.push_back(arm_from(list[i], place, grafts, shared));
    if (!names.insert(arms.back().name).second)
      fail(ErrorKind::bad_input, "{}: name: found \"{}\" again, expected another", place,
           arms.back().name);
  }
  return arms;
}

// "all" becomes 0, a number that nobody may write.
void read_all_patients(Json& table, const std::string& where) {
  if (!table.contains("patients") || !table["patients"].is_array()) return;
  std::set<std::string> seen;
  for (Json& one : table["patients"]) {
    const bool all = one == "all";
    const bool number = one.is_number_integer() && one.get<int64_t>() > 0;
    if (!(all || number) || !seen.insert(one.dump()).second)
      fail(ErrorKind::bad_input,
           "{}: patients: found {}, expected numbers above 0 or \"all\", none twice", where,
           one.dump());
    if (all) one = 0;
  }
}

void check_part(const Plan& plan, const std::string& name, const PlanPart& part) {
  if (part.cohorts.empty() && !part.split.empty())
    fail(ErrorKind::bad_input, "{}: {}.split: found without cohorts", plan.file.string(), name);
  for (const std::string& cohort : part.cohorts) {
    const auto same = [&](const auto& one) { return one.first == cohort; };
    if (std::none_of(plan.cohorts.begin(), plan.cohorts.end(), same))
      fail(ErrorKind::bad_input, "{}: {}.cohorts: found \"{}\", expected the name of a [cohort.…]",
           plan.file.string(), name, cohort);
  }
}

void check_test(const Plan& plan) {
  const PlanOptions& options = plan.options;
  const bool folds = options.folds.count > 0 || !options.folds.file.empty();
  if (plan.tests_on_folds() != folds) {
    fail(ErrorKind::bad_input,
         "{}: folds.count: found {}, expected 2 or more, or 0 and the cohort of [test]",
         plan.file.string(), options.folds.count);
  }
  if (plan.tests_on_folds() && options.learn.cohorts.size() != 1)
    fail(ErrorKind::bad_input,
         "{}: learn.cohorts: found {}, expected 1 where it is tested on its folds",
         plan.file.string(), options.learn.cohorts.size());
  if (options.test.cohorts.size() > 1)
    fail(ErrorKind::bad_input, "{}: test.cohorts: found {}, expected 1", plan.file.string(),
         options.test.cohorts.size());
}

// A graft is of its background's split: a detector that learns from another would not see it.
void check_splits(const Plan& plan) {
  const std::string &learn = plan.options.learn.split, &other = plan.options.backgrounds.split;
  if (!learn.empty() && !other.empty() && learn != other)
    fail(ErrorKind::bad_input,
         "{}: backgrounds.split: found \"{}\", expected learn's \"{}\", or none",
         plan.file.string(), other, learn);
}

void check_numbers(const Plan& plan) {
  const std::string file = plan.file.string();
  const PlanOptions& options = plan.options;
  const std::set<int> seeds(options.seeds.begin(), options.seeds.end());
  if (seeds.empty() || seeds.size() != options.seeds.size() || *seeds.begin() < 0)
    fail(ErrorKind::bad_input, "{}: seeds: expected one or more, none twice, 0 or more", file);
  check_resources(file, options.threads, options.memory_mb);
  if (options.folds.count == 1 || options.folds.count < 0)
    fail(ErrorKind::bad_input, "{}: folds.count: found {}, expected 0, or 2 or more", file,
         options.folds.count);
}

// A list of positive numbers, none twice.
template <typename T>
void check_list(const Plan& plan, const char* name, const std::vector<T>& values) {
  const std::set<T> different(values.begin(), values.end());
  if (different.size() != values.size() || (!different.empty() && *different.begin() <= 0))
    fail(ErrorKind::bad_input, "{}: {}: expected numbers above 0, none twice", plan.file.string(),
         name);
}

// As `evaluate` checks them after all trainings.
void check_rules(const Plan& plan) {
  const std::string file = plan.file.string();
  if (plan.options.rules.empty()) fail(ErrorKind::bad_input, "{}: rules: found none", file);
  for (const std::string& rule : plan.options.rules) {
    Json table = plan.evaluate;
    table["rule"] = rule;
    check_evaluation(table, file + ": evaluate");
  }
}

void check_lengths(const Plan& plan) {
  const std::vector<double>& lengths = plan.options.budget.lengths;
  const double sum = std::accumulate(lengths.begin(), lengths.end(), 0.0);
  const auto is_length = [](double length) { return std::isfinite(length) && length >= 0; };
  if (std::all_of(lengths.begin(), lengths.end(), is_length) && sum > 0) return;
  fail(ErrorKind::bad_input, "{}: budget.lengths: found {}, expected one or more, of some steps",
       plan.file.string(), lengths);
}

void check_points(const Plan& plan) {
  const PlanBudget& budget = plan.options.budget;
  check_list(plan, "budget.points", budget.points);
  check_list(plan, "budget.along", budget.along);
  if (!budget.points.empty() && budget.lengths.size() > 1)
    fail(ErrorKind::bad_input, "{}: budget.points: found with {} stages in lengths, expected one",
         plan.file.string(), budget.lengths.size());
}

void check_along(const Plan& plan) {
  const PlanBudget& budget = plan.options.budget;
  if (budget.along.empty()) return;
  if (!budget.points.empty())
    fail(ErrorKind::bad_input,
         "{}: budget.along: found with points, expected one of the two: along is within a training",
         plan.file.string());
  const double end = std::accumulate(budget.lengths.begin(), budget.lengths.end(), 0.0);
  const double last = *std::max_element(budget.along.begin(), budget.along.end());
  if (last >= end)
    fail(ErrorKind::bad_input,
         "{}: budget.along: found {}, expected less than the sum of lengths, {}: there the model "
         "itself is scored",
         plan.file.string(), last, end);
}

// The second of two rounds: what the first one's detector finds in all that is learnt from.
void check_after(const Plan& plan, const PlanArm& arm) {
  if (arm.after.empty()) return;
  const std::string where = fmt::format("{}: arm {}: after", plan.file.string(), arm.name);
  for (const PlanArm& before : plan.arms) {
    if (before.name == arm.name)
      fail(ErrorKind::bad_input, "{}: found \"{}\", expected an arm before this one", where,
           arm.after);
    if (before.name == arm.after) break;
  }
  if (!arm.has_cohort_of_grafts() || arm.method == "vanilla")
    fail(ErrorKind::bad_input, "{}: expected a method that grafts, and not online", where);
  const PlanOptions& options = plan.options;
  const bool one = options.learn.cohorts.size() == 1 && options.learn.split.empty();
  if (!one || arm.lesions != options.learn || options.backgrounds != options.learn)
    fail(ErrorKind::bad_input,
         "{}: expected one cohort without a split in learn, and neither lesions nor backgrounds",
         where);
}

// What the commands of an arm would refuse after all that goes before them.
void check_commands(const Plan& plan, const PlanArm& arm) {
  const std::string where = fmt::format("{}: arm {}: ", plan.file.string(), arm.name);
  const PlanBudget& budget = plan.options.budget;
  Json blender = arm.blender, synthesis = arm.synthesis, detector = arm.detector;
  blender["method"] = synthesis["method"] = arm.method;
  synthesis["count"] = arm.grafts.count;
  if (arm.has_network()) check_blender(blender, where + "blender");
  if (arm.has_cohort_of_grafts()) check_synthesis(synthesis, where + "synthesis");
  detector["unit"] = budget.unit;
  detector["lengths"] = budget.points.empty() ? budget.lengths : std::vector{budget.points.front()};
  detector["keep_at"] = budget.along;
  if (const std::optional<std::string> start = detector_start(detector))
    detector["init"] = outside_of(plan.origin, *start).path;
  if (arm.grafts_online()) {
    detector["graft"] = arm.synthesis;
    detector["graft"]["online"] = arm.method;
  }
  check_detector(detector, where + "detector");
}

void check_plan(const Plan& plan) {
  if (plan.options.learn.cohorts.empty())
    fail(ErrorKind::bad_input, "{}: learn.cohorts: found none", plan.file.string());
  check_part(plan, "learn", plan.options.learn);
  check_part(plan, "lesions", plan.options.lesions);
  check_part(plan, "backgrounds", plan.options.backgrounds);
  check_part(plan, "test", plan.options.test);
  for (const PlanArm& arm : plan.arms)
    check_part(plan, fmt::format("arm {}: lesions", arm.name), arm.lesions);
  check_test(plan);
  check_splits(plan);
  check_numbers(plan);
  check_rules(plan);
  check_lengths(plan);
  check_points(plan);
  check_along(plan);
  check_detection(plan.detect, plan.file.string() + ": detect");
  for (const PlanArm& arm : plan.arms) {
    check_after(plan, arm);
    check_commands(plan, arm);
  }
}

}  // namespace

bool PlanArm::has_network() const { return needs_model(method); }

const PlanCohort& Plan::cohort(const std::string& name) const {
  for (const auto& [own, cohort] : cohorts) {
    if (own == name) return cohort;
  }
  fail(ErrorKind::defect, "plan: no cohort {}", name);
}

Plan read_plan(const std::filesystem::path& file, const std::filesystem::path& origin) {
  const std::string where = file.string();
  Json table = read_toml(where);
  Plan plan;
  plan.file = std::filesystem::absolute(file);
  plan.origin = std::filesystem::absolute(origin);
  const Json cohorts = take_table(table, "cohort", where);
  for (const auto& [name, one] : cohorts.items())
    plan.cohorts.emplace_back(name, cohort_from(one, fmt::format("{}: cohort.{}", where, name)));
  plan.detect = take_table(table, "detect", where);
  plan.evaluate = take_table(table, "evaluate", where);
  refuse_keys(plan.evaluate, where + ": evaluate", {{"rule", "rules, at the top"}});
  (void)detect_flags(plan.detect, where + ": detect");
  (void)evaluate_flags(plan.evaluate, where + ": evaluate");
  const SharedTables shared = take_shared(table, where);
  Json arms = {{"arm", table.value("arm", Json::array())}};
  table.erase("arm");
  read_all_patients(table, where);
  options_from_json(table, where, ErrorKind::bad_input, describe(plan.options));
  plan.arms = take_arms(arms, where, plan.options.grafts, shared);
  if (plan.options.lesions.cohorts.empty()) plan.options.lesions = plan.options.learn;
  if (plan.options.backgrounds.cohorts.empty()) plan.options.backgrounds = plan.options.learn;
  for (PlanArm& arm : plan.arms)
    if (arm.lesions == PlanPart{}) arm.lesions = plan.options.lesions;
  check_plan(plan);
  for (PlanArm& arm : plan.arms) {
    arm.blender = read_by_blender(arm.blender, arm.method);
    arm.synthesis = read_by_synthesis(arm.synthesis, arm.method);
  }
  return plan;
}

}  // namespace mammograft
