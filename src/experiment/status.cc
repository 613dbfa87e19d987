#include "experiment/status.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "core/descriptor.h"
#include "core/json.h"
#include "core/progress_bar.h"
#include "core/run_folder.h"

namespace mammograft {
namespace {

namespace fs = std::filesystem;

// A shared lock is had on a file that is open for reading alone, on NFS too, and whoever looks as
// well is no task.
bool is_locked(const fs::path& lock) {
  const Descriptor file(::open(lock.c_str(), O_RDONLY | O_CLOEXEC));
  return file.valid() && ::flock(file.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

// The last two lines of a file that are not blank, the last one first, of its last four thousand
// bytes.
std::array<std::string, 2> last_lines(const fs::path& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return {};
  const std::streamoff size = file.tellg();
  file.seekg(std::max<std::streamoff>(0, size - 4096));
  std::array<std::string, 2> last;
  for (std::string line; std::getline(file, line);) {
    if (line.find_first_not_of(" \t\r") == line.npos) continue;
    last[1] = std::move(last[0]);
    last[0] = line;
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

// "step 120, loss 0.41" of the last line of a training's log.
std::string running_note(const fs::path& folder, const Task& task) {
  const std::string line = last_lines(RunFolder(folder / task.folder()).log())[0];
  const Json json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("step")) return "";
  std::string note = fmt::format("step {}", json["step"].dump());
  for (const auto& [name, value] : json.items()) {
    if (name.starts_with("loss") && value.is_number())
      note += fmt::format(", {} {:.4g}", name, value.get<double>());
  }
  return note;
}

// How the last command of a task ended.
struct LogEnd {
  std::string said;  // its own last line
  int status = 0;    // of its exit; 0: the log does not say
};

LogEnd end_of(const fs::path& log) {
  const std::string mark = Task::kEnded;
  const auto [last, before] = last_lines(log);
  if (!last.starts_with(mark)) return {last, 0};
  return {before, std::atoi(last.c_str() + mark.size())};
}

// By a signal that asks for it, of which the program makes an exit of its own or, the second time,
// none. One that was killed otherwise has crashed, or had no memory left.
bool was_told_to_stop(int status) {
  constexpr int kBySignal = 128;  // as shells count
  return status == static_cast<int>(ErrorKind::cancelled) || status == kBySignal + SIGHUP ||
         status == kBySignal + SIGINT || status == kBySignal + SIGTERM;
}

std::string why_it_failed(const LogEnd& end) {
  if (end.said.starts_with("error:")) return end.said;
  return fmt::format("{} (exit status {})", end.said.empty() ? "without a word" : end.said,
                     end.status);
}

TaskStatus status_of(const fs::path& folder, const Task& task) {
  std::error_code missing;
  const FileTime finished = fs::last_write_time(folder / task.marked(), missing);
  if (!missing) return {&task, TaskState::done, seconds_until(folder, task, finished), ""};
  if (is_locked(folder / task.lock())) {
    return {&task, TaskState::running, seconds_until(folder, task, FileTime::clock::now()),
            running_note(folder, task)};
  }
  const LogEnd end = end_of(folder / task.log());
  if (end.status != 0 && !was_told_to_stop(end.status))
    return {&task, TaskState::failed, 0, why_it_failed(end)};
  if (fs::exists(folder / task.lock())) return {&task, TaskState::stopped, 0, end.said};
  return {&task, TaskState::waiting, 0, ""};
}

// How much work a task is beside others of its kind: of a training its steps, epochs or passes.
double amount_of(const Task& task) {
  std::istringstream lengths(word_after(task, "--lengths"));
  double sum = 0;
  for (double length = 0; lengths >> length; lengths.ignore()) sum += length;
  return sum > 0 ? sum : 1;
}

// What a unit of it took, by kind.
std::map<std::string, double> seconds_by_amount(const std::vector<TaskStatus>& tasks) {
  std::map<std::string, std::pair<double, double>> sums;
  for (const TaskStatus& one : tasks) {
    if (one.state != TaskState::done) continue;
    auto& [seconds, amount] = sums[one.task->kind];
    seconds += one.seconds;
    amount += amount_of(*one.task);
  }
  std::map<std::string, double> rates;
  for (const auto& [kind, sum] : sums) rates[kind] = sum.first / sum.second;
  return rates;
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
  const std::map<std::string, double> rates = seconds_by_amount(tasks);
  Left left;
  for (const TaskStatus& one : tasks) {
    if (one.state == TaskState::done) continue;
    const auto rate = rates.find(one.task->kind);
    if (rate == rates.end()) {
      left.bound = true;
    } else {
      left.seconds += std::max(0.0, rate->second * amount_of(*one.task) - one.seconds) / jobs;
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
      text += task_line(
          "stopped", one,
          "goes on with the next run" + (one.note.empty() ? "" : "; it said last: " + one.note));
  }
  if (done == all) return text;
  const ExperimentStatus::Left left = status.time_left(jobs);
  if (left.bound && left.seconds < 1) return text + "time left: not known before a task is done\n";
  return text + fmt::format("time left, {} at a time: {}{}\n", jobs,
                            left.bound ? "more than " : "about ", format_duration(left.seconds));
}

}  // namespace mammograft
