#include "experiment/task_builder.h"

#include <algorithm>

#include "core/error.h"

namespace mammograft {

std::vector<std::string> words_of_command(const std::string& command) {
  const size_t space = command.find(' ');
  if (space == command.npos) return {command};
  return {command.substr(0, space), command.substr(space + 1)};
}

std::string kind_of_command(std::string command) {
  std::replace(command.begin(), command.end(), ' ', '-');
  return command;
}

std::string command_of_kind(std::string kind) {
  std::replace(kind.begin(), kind.end(), '-', ' ');
  return kind;
}

Source outside_of(const std::filesystem::path& plan, const std::string& path) {
  return {(plan.parent_path() / path).lexically_normal().string(), ""};
}

const std::string& OutsideFiles::digest(const std::string& path, const std::string& asker) {
  const auto found = known_.find(path);
  if (found != known_.end()) return found->second;
  const std::string digest = digest_(path);
  if (digest.empty())
    fail(ErrorKind::bad_input, "{}: {}: not there, expected a file or a folder", asker, path);
  return known_.emplace(path, digest).first->second;
}

TaskBuilder::TaskBuilder(OutsideFiles& outside, std::string kind, std::string what,
                         std::string marker)
    : outside_(outside) {
  task_.kind = std::move(kind);
  task_.what = std::move(what);
  task_.marker = std::move(marker);
}

TaskBuilder& TaskBuilder::word(const std::string& text) {
  task_.arguments.push_back(text);
  return *this;
}

TaskBuilder& TaskBuilder::option(const std::string& flag, const std::string& value) {
  return word(flag).word(value);
}

TaskBuilder& TaskBuilder::words(const std::vector<std::string>& texts) {
  task_.arguments.insert(task_.arguments.end(), texts.begin(), texts.end());
  return *this;
}

TaskBuilder& TaskBuilder::reads(const std::string& flag, const Source& source) {
  if (!flag.empty()) word(flag);
  word(source.path);
  if (!source.task.empty()) return after(source.task);
  task_.outside.push_back({source.path, outside_.digest(source.path, task_.what)});
  return *this;
}

TaskBuilder& TaskBuilder::after(const std::string& task) {
  if (std::find(task_.inputs.begin(), task_.inputs.end(), task) == task_.inputs.end())
    task_.inputs.push_back(task);
  return *this;
}

TaskBuilder& TaskBuilder::resources(int threads, int memory_mb) {
  task_.threads = threads;
  task_.memory_mb = memory_mb;
  return *this;
}

}  // namespace mammograft
