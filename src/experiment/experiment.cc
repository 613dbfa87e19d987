#include "experiment/experiment.h"

#include "core/files.h"
#include "core/log.h"
#include "core/version.h"
#include "experiment/expansion.h"
#include "experiment/experiment_report.h"
#include "experiment/ninja_file.h"
#include "experiment/ninja_run.h"
#include "experiment/status.h"
#include "stages/request.h"

namespace mammograft {
namespace {

[[noreturn]] void fail_with_tasks(const ExperimentStatus& status) {
  const TaskStatus* first = nullptr;
  for (const TaskStatus& one : status.tasks) {
    if (one.state != TaskState::failed) continue;
    log_warning(fmt::format("{}: {} ({})", one.task->what, one.note, one.task->log()));
    if (first == nullptr) first = &one;
  }
  const int left = static_cast<int>(status.tasks.size()) - status.count(TaskState::done);
  if (first == nullptr)
    fail(ErrorKind::io, "{} tasks are left, and none says why: their logs are in logs/", left);
  fail(ErrorKind::bad_input, "{} tasks failed, {} are left; the first one: {}: {}",
       status.count(TaskState::failed), left, first->task->what, first->task->log());
}

// The graph's own report waits for everything. Throws nothing: the failure is told after it.
void report_what_is_there(const Graph& graph, const fs::path& folder) {
  try {
    report_experiment(graph, folder, folder / "report");
  } catch (const Error& error) {
    log_info(fmt::format("no report yet: {}", error.what()));
  }
}

}  // namespace

Graph graph_of_plan(const Plan& plan) {
  return expand(plan, MAMMOGRAFT_VERSION, [](const std::string& path) { return digest_of(path); });
}

Graph plan_experiment(const Plan& plan, const fs::path& folder, const std::string& program) {
  const Graph graph = graph_of_plan(plan);
  create_folder(folder);
  const fs::path copy = folder / "plan.toml";
  if (fs::weakly_canonical(plan.file) != fs::weakly_canonical(copy))
    write_file(copy, read_file(plan.file));
  write_graph(folder, graph);
  write_ninja_file(folder, graph, program);
  return graph;
}

void run_experiment(const Graph& graph, const fs::path& folder, int jobs, Progress& progress) {
  if (!run_ninja(folder, jobs, progress)) {
    report_what_is_there(graph, folder);
    fail_with_tasks(read_status(folder, graph));
  }
  for (const Task& task : graph.tasks()) {
    if (task.kind == "evaluate" || task.kind == "report")
      log_info(fmt::format("{}: {}", (folder / task.marked()).string(), task.what));
  }
}

}  // namespace mammograft
