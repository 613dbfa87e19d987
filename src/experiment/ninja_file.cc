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

std::string ninja_edge(const Graph& graph, const Task& task, const std::string& program) {
  std::string inputs;
  for (const std::string& input : task.inputs) inputs.append(" ").append(graph.at(input).marked());
  return fmt::format("build {}: task{}\n  command = {}\n  description = {}\n", task.marked(),
                     inputs, ninja_value(shell_command(task, shell_word(program))),
                     ninja_value(task.what));
}

}  // namespace

std::string ninja_text(const Graph& graph, const std::string& program) {
  // restat: a stage that finds itself finished does not write its output again.
  std::string text =
      "# Written by mammograft experiment; run it in this folder with: ninja -k 0\n"
      "ninja_required_version = 1.5\n"
      "rule task\n  command = $command\n  restat = 1\n";
  for (const Task& task : graph.tasks()) text += ninja_edge(graph, task, program);
  return text;
}

void write_ninja_file(const std::filesystem::path& folder, const Graph& graph,
                      const std::string& program) {
  create_folder(folder / "logs");
  write_file(folder / "build.ninja", ninja_text(graph, program));
}

}  // namespace mammograft
