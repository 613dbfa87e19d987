#include "experiment/experiment.h"

#include "core/files.h"
#include "core/log.h"
#include "core/version.h"
#include "experiment/archive_expansion.h"
#include "experiment/archive_plan.h"
#include "experiment/expansion.h"
#include "experiment/ninja_file.h"
#include "experiment/ninja_run.h"
#include "experiment/plan.h"
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

std::string digest_outside(const std::string& path) { return digest_of(path); }

PlannedExperiment plan_arms(const fs::path& file) {
  const Plan plan = read_plan(file);
  return {expand(plan, MAMMOGRAFT_VERSION, digest_outside), plan.options.threads};
}

PlannedExperiment plan_archive(const fs::path& file) {
  const ArchivePlan plan = read_archive_plan(file);
  return {expand_archive(plan, MAMMOGRAFT_VERSION, digest_outside), plan.options.threads};
}

}  // namespace

PlannedExperiment plan_experiment(const fs::path& plan, const fs::path& folder,
                                  const std::string& program) {
  const PlannedExperiment planned = is_archive_plan(plan) ? plan_archive(plan) : plan_arms(plan);
  create_folder(folder);
  const fs::path copy = folder / "plan.toml";
  if (fs::weakly_canonical(plan) != fs::weakly_canonical(copy)) write_file(copy, read_file(plan));
  write_graph(folder, planned.graph);
  write_ninja_file(folder, planned.graph, program);
  return planned;
}

void run_experiment(const Graph& graph, const fs::path& folder, int jobs, Progress& progress) {
  if (!run_ninja(folder, jobs, progress)) fail_with_tasks(read_status(folder, graph));
  for (const Task& task : graph.tasks()) {
    if (task.kind == "evaluate" || task.kind == "merge")
      log_info(fmt::format("{}: {}", (folder / task.marked()).string(), task.what));
  }
}

}  // namespace mammograft
