#include "experiment/experiment.h"

#include <algorithm>

#include "core/files.h"
#include "core/log.h"
#include "core/version.h"
#include "experiment/archive_expansion.h"
#include "experiment/archive_plan.h"
#include "experiment/expansion.h"
#include "experiment/experiment_report.h"
#include "experiment/ninja_file.h"
#include "experiment/ninja_run.h"
#include "experiment/plan.h"
#include "experiment/snakefile.h"
#include "experiment/status.h"
#include "pages/plot_writer.h"
#include "stages/request.h"

namespace mammograft {
namespace {

constexpr const char* kCopy = "plan.toml";

[[noreturn]] void fail_with_tasks(const ExperimentStatus& status) {
  const TaskStatus* first = nullptr;
  for (const TaskStatus& one : status.tasks) {
    if (one.state != TaskState::failed) continue;
    log_warning(fmt::format("{}: {} ({})", one.task->what, one.note, one.task->log()));
    if (first == nullptr) first = &one;
  }
  const int left = static_cast<int>(status.tasks.size()) - status.count(TaskState::done);
  for (const TaskStatus& one : status.tasks) {
    if (first != nullptr || one.state != TaskState::stopped) continue;
    fail(ErrorKind::cancelled, "{} tasks are left, {} was stopped; run the same command again",
         left, one.task->what);
  }
  if (first == nullptr)
    fail(ErrorKind::io, "{} tasks are left, and none says why: their logs are in logs/", left);
  fail(ErrorKind::bad_input, "{} tasks failed, {} are left; the first one: {}: {}",
       status.count(TaskState::failed), left, first->task->what, first->task->log());
}

// The graph's own report waits for everything. Throws nothing: the failure is told after it.
void report_what_is_there(const Graph& graph, const fs::path& folder) {
  const auto& tasks = graph.tasks();
  if (std::none_of(tasks.begin(), tasks.end(), [](const Task& t) { return t.kind == "report"; }))
    return;
  try {
    report_experiment(graph, folder, folder / "report");
  } catch (const Error& error) {
    log_info(fmt::format("no report yet: {}", error.what()));
  }
}

// Whether a task, or the graph of another plan, is newer than a report that says what was missing.
bool is_behind(const fs::path& report, const Graph& graph, const fs::path& folder) {
  fs::file_time_type newest = fs::last_write_time(folder / "graph.json");
  for (const Task& task : graph.tasks())
    newest = std::max(newest, fs::last_write_time(folder / task.marked()));
  for (const std::string& rule : graph.layout().rules) {
    const fs::path page = report_folder(graph, report, rule) / "report.html";
    if (!fs::exists(page) || fs::last_write_time(page) < newest) return true;
  }
  return false;
}

// What only the last tasks start is asked for before the first.
void require_programs(const Graph& graph, const fs::path& folder) {
  const auto will_draw = [&](const Task& task) {
    return (task.kind == "evaluate" || task.kind == "report") &&
           !fs::exists(folder / task.marked());
  };
  if (std::any_of(graph.tasks().begin(), graph.tasks().end(), will_draw)) (void)gnuplot_on_path();
}

std::string digest_outside(const std::string& path) { return digest_of(path); }

// The file itself; of the copy in an experiment's folder the plan that was copied.
fs::path origin_of(const fs::path& plan) {
  const fs::path file = fs::absolute(plan).lexically_normal();
  if (file.filename() != kCopy || !fs::exists(file.parent_path() / "graph.json")) return file;
  const std::string origin = read_graph(file.parent_path()).plan();
  return origin.empty() ? file : fs::path(origin);
}

Graph expand_arms(const fs::path& file, const fs::path& origin) {
  return expand(read_plan(file, origin), MAMMOGRAFT_VERSION, digest_outside);
}

Graph expand_shards(const fs::path& file, const fs::path& origin) {
  ArchivePlan plan = read_archive_plan(file);
  plan.file = origin;
  return expand_archive(plan, MAMMOGRAFT_VERSION, digest_outside);
}

}  // namespace

Graph graph_of_plan(const fs::path& plan) {
  const fs::path origin = origin_of(plan);
  Graph graph = is_archive_plan(plan) ? expand_shards(plan, origin) : expand_arms(plan, origin);
  graph.plan() = origin.string();
  return graph;
}

PlannedExperiment plan_experiment(const fs::path& plan, const fs::path& folder,
                                  const std::string& program, bool snakemake) {
  PlannedExperiment result{graph_of_plan(plan)};
  result.lock.emplace(folder);
  const fs::path copy = folder / kCopy;
  if (fs::weakly_canonical(plan) != fs::weakly_canonical(copy)) write_file(copy, read_file(plan));
  write_graph(folder, result.graph);
  write_ninja_file(folder, result.graph, program);
  if (snakemake || fs::exists(folder / kSnakefile)) write_snakefile(folder, result.graph, program);
  return result;
}

void run_experiment(const Graph& graph, const fs::path& folder, int jobs, Progress& progress) {
  require_programs(graph, folder);
  if (!run_ninja(folder, jobs, progress)) {
    report_what_is_there(graph, folder);
    fail_with_tasks(read_status(folder, graph));
  }
  const fs::path report = folder / "report";
  if (fs::exists(report) && is_behind(report, graph, folder)) report_what_is_there(graph, folder);
  for (const Task& task : graph.tasks()) {
    if (task.kind == "evaluate" || task.kind == "merge" || task.kind == "report")
      log_info(fmt::format("{}: {}", (folder / task.marked()).string(), task.what));
  }
}

}  // namespace mammograft
