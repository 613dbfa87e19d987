#include "experiment/task.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "core/files.h"
#include "core/run_folder.h"

namespace mammograft {
namespace {

constexpr const char* kOut = "{out}";

std::string with_folder(std::string text, const std::string& folder) {
  for (size_t at = text.find(kOut); at != text.npos; at = text.find(kOut, at + folder.size()))
    text.replace(at, std::string(kOut).size(), folder);
  return text;
}

std::string digest_or_text(const Task& task, const std::string& argument) {
  const auto found = std::find_if(task.outside.begin(), task.outside.end(),
                                  [&](const auto& one) { return one.path == argument; });
  return found == task.outside.end() ? argument : "digest " + found->digest;
}

// Not "--log-every=4": how often something is written.
bool decides(const std::string& argument) {
  if (!argument.starts_with("--")) return true;
  std::string name = argument.substr(2, argument.find('=') - 2);
  std::replace(name.begin(), name.end(), '-', '_');
  Json option = Json::object();
  option[name] = true;
  return !what_decides(option).empty();
}

bool is_plain(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         std::string("-_./=,:+@%").find(c) != std::string::npos;
}

}  // namespace

std::string task_id(const Task& task, const std::string& version) {
  std::string text = version + "\n" + task.marker + "\n";
  for (const std::string& argument : task.arguments) {
    if (decides(argument)) text += digest_or_text(task, argument) + "\n";
  }
  for (const std::string& input : task.inputs) text += input + "\n";
  return task.kind + "-" + hash_hex(text);
}

std::vector<std::string> command_line(const Task& task) {
  std::vector<std::string> line;
  for (const std::string& argument : task.arguments)
    line.push_back(with_folder(argument, task.folder()));
  return line;
}

std::string word_after(const Task& task, const std::string& flag) {
  const auto found = std::find(task.arguments.begin(), task.arguments.end(), flag);
  const bool none = found == task.arguments.end() || std::next(found) == task.arguments.end();
  return none ? "" : *std::next(found);
}

std::string shell_word(const std::string& text) {
  if (!text.empty() && std::all_of(text.begin(), text.end(), is_plain)) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  quoted += "'";
  return quoted;
}

std::string shell_command(const Task& task, const std::string& program) {
  // The log is opened under the lock: it is not the waiting one's before.
  std::string command = fmt::format("flock -F {} sh -c 'exec \"$@\" > {} 2>&1' sh {}", task.lock(),
                                    task.log(), program);
  for (const std::string& word : command_line(task)) command.append(" ").append(shell_word(word));
  // The shell outlives a task that is told to stop, and says how it ended. 2>>: of flock itself.
  return fmt::format(
      "trap : INT TERM; {0} 2>> {1} || {{ code=$?; printf '\\n{2}%s\\n' $code >> {1}; exit $code; "
      "}}",
      command, task.log(), Task::kEnded);
}

}  // namespace mammograft
