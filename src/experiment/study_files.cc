#include "experiment/study_files.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

#include "core/error.h"
#include "core/model_description.h"
#include "exchange/results_file.h"
#include "exchange/truth_file.h"
#include "experiment/status.h"
#include "experiment/task_builder.h"
#include "stats/mean_deviation.h"

namespace mammograft {
namespace {

namespace fs = std::filesystem;

bool is_done(const fs::path& folder, const Graph& graph, const std::string& task) {
  return fs::exists(folder / graph.at(task).marked());
}

// Places of the points by rising number of patients (all of them last), then length.
std::vector<size_t> places_of(const std::vector<Layout::Point>& points) {
  const auto key = [&](size_t i) {
    return std::tuple(points[i].patients == 0, points[i].patients, points[i].length);
  };
  std::vector<size_t> order(points.size()), place(points.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return key(a) < key(b); });
  for (size_t i = 0; i < order.size(); ++i) place[order[i]] = i;
  return place;
}

using TrainingKey = std::tuple<size_t, size_t, int64_t>;  // point, arm, seed

std::map<TrainingKey, std::vector<const Layout::Training*>> folds_of_trainings(
    const Layout& layout) {
  std::map<TrainingKey, std::vector<const Layout::Training*>> cells;
  for (const Layout::Training& one : layout.trainings)
    cells[{one.point, one.arm, one.seed}].push_back(&one);
  return cells;
}

bool is_whole(const fs::path& folder, const Graph& graph,
              const std::vector<const Layout::Training*>& folds) {
  return std::all_of(folds.begin(), folds.end(), [&](const Layout::Training* one) {
    return is_done(folder, graph, one->detect) && is_done(folder, graph, one->check);
  });
}

void add_trainings(const fs::path& folder, const Graph& graph, const std::vector<size_t>& place,
                   const Cohort& tested, const ExchangeOptions& options, Study& study) {
  for (const auto& [key, folds] : folds_of_trainings(graph.layout())) {
    const auto [point, arm, seed] = key;
    if (!is_whole(folder, graph, folds)) continue;
    StudyTraining training{arm, place[point], seed, {}};
    for (const Layout::Training* one : folds) {
      training.files.push_back(
          read_results(folder / graph.at(one->detect).marked(), tested, options));
    }
    study.trainings.push_back(std::move(training));
  }
}

// How many real masses a detector's training learnt from; NaN: its file does not say.
double learnt_masses(const fs::path& model) {
  const Json detector = read_model_description(model, "detector").json;
  const auto masses = detector.find("training");
  return masses == detector.end() ? std::nan("") : masses->value("real_masses", std::nan(""));
}

// Mean over the folds and seeds. All arms learn from the same real images: one of them is asked.
void count_masses(const fs::path& folder, const Graph& graph, const std::vector<size_t>& place,
                  Study& study) {
  std::set<std::tuple<size_t, int64_t, int>> known;
  std::map<size_t, std::vector<double>> counts;
  for (const Layout::Training& one : graph.layout().trainings) {
    if (!is_done(folder, graph, one.detector)) continue;
    if (!known.emplace(one.point, one.seed, one.fold).second) continue;
    counts[place[one.point]].push_back(learnt_masses(folder / graph.at(one.detector).marked()));
  }
  for (const auto& [point, masses] : counts)
    study.points[point].masses = mean_deviation(masses).mean;
}

std::string in_words(TaskState state) {
  switch (state) {
    case TaskState::running:
      return "running";
    case TaskState::failed:
      return "failed";
    case TaskState::stopped:
      return "stopped";
    default:
      return "waiting";
  }
}

// Checks take no time worth telling, and a report cannot count itself.
bool is_work(const Task& task) { return task.kind != "check" && task.kind != "report"; }

void count(const TaskStatus& one, std::vector<StageCost>& costs) {
  if (!is_work(*one.task)) return;
  const std::string stage = command_of_kind(one.task->kind);
  auto cost = std::find_if(costs.begin(), costs.end(),
                           [&](const StageCost& known) { return known.stage == stage; });
  if (cost == costs.end()) cost = costs.insert(cost, {stage, 0, 0, 0});
  const bool done = one.state == TaskState::done;
  ++cost->tasks;
  cost->done += done;
  if (done) cost->seconds += one.seconds;
}

// The tasks, and all that they wait for.
std::set<std::string> with_inputs(const Graph& graph, std::vector<std::string> left) {
  std::set<std::string> all;
  while (!left.empty()) {
    const std::string id = left.back();
    left.pop_back();
    if (!all.insert(id).second) continue;
    const std::vector<std::string>& inputs = graph.at(id).inputs;
    left.insert(left.end(), inputs.begin(), inputs.end());
  }
  return all;
}

ArmCost cost_of(const Graph& graph, const ExperimentStatus& status, size_t arm) {
  std::vector<std::string> searches;
  for (const Layout::Training& one : graph.layout().trainings)
    if (one.arm == arm) searches.push_back(one.detect);
  const std::set<std::string> tasks = with_inputs(graph, std::move(searches));
  ArmCost cost;
  for (const TaskStatus& one : status.tasks)
    if (tasks.contains(one.task->id)) count(one, cost.stages);
  return cost;
}

void add_tasks(const Graph& graph, const ExperimentStatus& status, Study& study) {
  for (const TaskStatus& one : status.tasks) {
    if (one.state != TaskState::done && one.task->kind != "report" && one.task->kind != "evaluate")
      study.missing.push_back({one.task->what, in_words(one.state), one.note});
    count(one, study.costs);
  }
  for (size_t arm = 0; arm < study.arms.size(); ++arm)
    study.arm_costs.push_back(cost_of(graph, status, arm));
  std::stable_sort(study.missing.begin(), study.missing.end(),
                   [](const MissingTask& a, const MissingTask& b) {
                     return (a.state == "failed") > (b.state == "failed");
                   });
}

}  // namespace

void require_trainings(const Graph& graph, const fs::path& folder) {
  for (const Task& task : graph.tasks()) {
    if (task.kind == "merge")
      fail(ErrorKind::bad_input, "{}: an archive has no report; what was found is in {}",
           folder.string(), (folder / task.marked()).string());
  }
  if (graph.layout().trainings.empty()) {
    fail(ErrorKind::bad_input,
         "{}: says not which task is which training; plan it again: mammograft experiment export "
         "PLAN.toml --out {}",
         (folder / "graph.json").string(), folder.string());
  }
  for (const auto& [key, folds] : folds_of_trainings(graph.layout()))
    if (is_whole(folder, graph, folds)) return;
  fail(ErrorKind::bad_input, "{}: found no training whose every fold is searched and checked yet",
       folder.string());
}

EvaluateStageOptions score_options(const Layout& layout, const std::string& rule) {
  auto options = options_from_json<EvaluateStageOptions>(layout.evaluate, "plan: evaluate");
  options.evaluate.matching.rule = rule;
  return options;
}

Cohort read_tested(const fs::path& folder, const Layout& layout,
                   const EvaluateStageOptions& options) {
  return read_truth(folder / layout.truth, options.exchange.truth);
}

Study read_study(const fs::path& folder, const Graph& graph, const Cohort& tested,
                 const EvaluateStageOptions& options) {
  const Layout& layout = graph.layout();
  Study study;
  study.unit = layout.unit;
  for (const Layout::Arm& arm : layout.arms)
    study.arms.push_back({arm.name, arm.method, arm.grafts, arm.fresh});
  const std::vector<size_t> place = places_of(layout.points);
  study.points.resize(place.size());
  for (size_t i = 0; i < place.size(); ++i) {
    study.points[place[i]].patients = layout.points[i].patients;
    study.points[place[i]].length = layout.points[i].length;
  }
  std::set<int64_t> seeds;
  for (const Layout::Training& one : layout.trainings) seeds.insert(one.seed);
  study.seeds.assign(seeds.begin(), seeds.end());
  add_trainings(folder, graph, place, tested, options.exchange, study);
  count_masses(folder, graph, place, study);
  add_tasks(graph, read_status(folder, graph), study);
  return study;
}

}  // namespace mammograft
