#include "experiment/status.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <map>

#include "core/json.h"
#include "core/progress_bar.h"
#include "core/run_folder.h"

namespace mammograft {
namespace {

namespace fs = std::filesystem;

bool is_locked(const fs::path& lock) {
  const int file = ::open(lock.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool locked = ::flock(file, LOCK_EX | LOCK_NB) != 0;
  ::close(file);
  return locked;
}

// The last line of a file that is not blank, of its last four thousand bytes.
std::string last_line(const fs::path& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return "";
  const std::streamoff size = file.tellg();
  file.seekg(std::max<std::streamoff>(0, size - 4096));
  std::string last;
  for (std::string line; std::getline(file, line);) {
    if (line.find_first_not_of(" \t\r") != line.npos) last = line;
  }
  return last;
}

using FileTime = fs::file_time_type;

double seconds_between(FileTime begin, FileTime end) {
  return std::max(0.0, std::chrono::duration<double>(end - begin).count());
}

// When the stage began: it writes what it was asked for before anything else.
FileTime beginning(const fs::path& folder, const Task& task, std::error_code& error) {
  fs::path request = folder / task.folder() / "stage.json";
  if (!fs::exists(request)) {
    request = (folder / task.marked()).replace_extension(".stage.json");
  }
  return fs::last_write_time(request, error);
}

double seconds_until(const fs::path& folder, const Task& task, FileTime end) {
  std::error_code error;
  const FileTime begin = beginning(folder, task, error);
  return error ? 0 : seconds_between(begin, end);
}

// "step 120, loss 0.41" of the last line of a training's log; else the last line of the task's.
std::string running_note(const fs::path& folder, const Task& task) {
  const std::string line = last_line(RunFolder(folder / task.folder()).log());
  const Json json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("step")) return "";
  std::string note = fmt::format("step {}", json["step"].dump());
  for (const auto& [name, value] : json.items()) {
    if (name.starts_with("loss") && value.is_number())
      note += fmt::format(", {} {:.4g}", name, value.get<double>());
  }
  return note;
}

// By a signal: it goes on with the next run.
bool was_stopped(const std::string& last) {
  return last == "error: cancelled" || last.starts_with("error: stopped after");
}

TaskStatus status_of(const fs::path& folder, const Task& task) {
  std::error_code missing;
  const FileTime finished = fs::last_write_time(folder / task.marked(), missing);
  if (!missing) return {&task, TaskState::done, seconds_until(folder, task, finished), ""};
  if (is_locked(folder / task.lock())) {
    return {&task, TaskState::running, seconds_until(folder, task, FileTime::clock::now()),
            running_note(folder, task)};
  }
  const std::string last = last_line(folder / task.log());
  if (last.starts_with("error:") && !was_stopped(last)) return {&task, TaskState::failed, 0, last};
  if (fs::exists(folder / task.lock())) return {&task, TaskState::stopped, 0, last};
  return {&task, TaskState::waiting, 0, ""};
}

std::map<std::string, double> mean_seconds(const std::vector<TaskStatus>& tasks) {
  std::map<std::string, std::pair<double, int>> sums;
  for (const TaskStatus& one : tasks) {
    if (one.state != TaskState::done) continue;
    auto& [sum, count] = sums[one.task->kind];
    sum += one.seconds;
    ++count;
  }
  std::map<std::string, double> means;
  for (const auto& [kind, sum] : sums) means[kind] = sum.first / sum.second;
  return means;
}

std::string task_line(const char* word, const TaskStatus& one, const std::string& note) {
  return fmt::format("{:8} {} ({}){}{}\n", word, one.task->what, one.task->id,
                     note.empty() ? "" : ": ", note);
}

// "shards: prepare-dicom 150 of 200, detect 120 of 200" of an archive; nothing elsewhere.
std::string shards_line(const ExperimentStatus& status) {
  std::map<std::string, std::pair<int, int>> shards;  // done, all
  bool divided = false;
  for (const TaskStatus& one : status.tasks) {
    divided |= one.task->kind == "merge";
    if (one.task->kind == "merge") continue;
    auto& [done, all] = shards[one.task->kind];
    done += one.state == TaskState::done;
    ++all;
  }
  std::string text;
  for (const auto& [kind, count] : shards)
    text += fmt::format("{}{} {} of {}", text.empty() ? "shards: " : ", ", kind, count.first,
                        count.second);
  return divided ? text + "\n" : "";
}

}  // namespace

int ExperimentStatus::count(TaskState state) const {
  return static_cast<int>(std::count_if(tasks.begin(), tasks.end(),
                                        [&](const TaskStatus& one) { return one.state == state; }));
}

ExperimentStatus::Left ExperimentStatus::time_left(int jobs) const {
  const std::map<std::string, double> means = mean_seconds(tasks);
  Left left;
  for (const TaskStatus& one : tasks) {
    if (one.state == TaskState::done) continue;
    const auto mean = means.find(one.task->kind);
    if (mean == means.end()) {
      left.bound = true;
    } else {
      left.seconds += std::max(0.0, mean->second - one.seconds) / jobs;
    }
  }
  return left;
}

ExperimentStatus read_status(const fs::path& folder, const Graph& graph) {
  ExperimentStatus status;
  for (const Task& task : graph.tasks()) status.tasks.push_back(status_of(folder, task));
  return status;
}

std::string status_text(const ExperimentStatus& status, int jobs) {
  const int done = status.count(TaskState::done), all = static_cast<int>(status.tasks.size());
  std::string text =
      fmt::format("{} of {} tasks done, {} running, {} failed, {} left\n", done, all,
                  status.count(TaskState::running), status.count(TaskState::failed),
                  status.count(TaskState::waiting) + status.count(TaskState::stopped));
  text += shards_line(status);
  for (const TaskStatus& one : status.tasks) {
    if (one.state == TaskState::running) {
      text += task_line("running", one,
                        fmt::format("{}{}{}", format_duration(one.seconds),
                                    one.note.empty() ? "" : ", ", one.note));
    }
    if (one.state == TaskState::failed) text += task_line("failed", one, one.note);
    if (one.state == TaskState::stopped)
      text += task_line("stopped", one, "killed, goes on with the next run");
  }
  if (done == all) return text;
  const ExperimentStatus::Left left = status.time_left(jobs);
  if (left.bound && left.seconds < 1) return text + "time left: not known before a task is done\n";
  return text + fmt::format("time left, {} at a time: {}{}\n", jobs,
                            left.bound ? "more than " : "about ", format_duration(left.seconds));
}

}  // namespace mammograft
