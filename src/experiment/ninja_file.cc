#include "experiment/ninja_file.h"

#include <fmt/format.h>

#include "core/files.h"

namespace mammograft {
namespace {

// In a value: $ begins an escape. In a path blanks and colons end it, too.
std::string ninja_value(const std::string& text) {
  std::string escaped;
  for (const char c : text) escaped += c == '$' ? "$$" : std::string(1, c);
  return escaped;
}

// Of a task, by the file's own variable.
std::string ninja_command(const Task& task) {
  Task escaped = task;
  for (std::string& argument : escaped.arguments) argument = ninja_value(argument);
  std::string command = shell_command(escaped, "$mammograft");
  return command.insert(command.find("$@"), "$");  // the shell's own, which comes first
}

std::string ninja_edge(const Graph& graph, const Task& task) {
  std::string inputs;
  for (const std::string& input : task.inputs) inputs.append(" ").append(graph.at(input).marked());
  return fmt::format("build {}: task{}\n  command = {}\n  description = {}\n", task.marked(),
                     inputs, ninja_command(task), ninja_value(task.what));
}

}  // namespace

std::string ninja_text(const Graph& graph, const std::string& program) {
  // restat: a stage that finds itself finished does not write its output again.
  std::string text = fmt::format(
      "# Written by mammograft experiment; run it in this folder with: ninja -k 0\n"
      "ninja_required_version = 1.5\n"
      "mammograft = {}\n"
      "rule task\n  command = $command\n  restat = 1\n",
      ninja_value(shell_word(program)));
  for (const Task& task : graph.tasks()) text += ninja_edge(graph, task);
  return text;
}

void write_ninja_file(const std::filesystem::path& folder, const Graph& graph,
                      const std::string& program) {
  create_folder(folder / "logs");
  write_file(folder / "build.ninja", ninja_text(graph, program));
}

}  // namespace mammograft
