#include "experiment/snakefile.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/files.h"

namespace mammograft {
namespace {

// A text in Python.
std::string python_text(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  quoted += '"';
  return quoted;
}

// The same where Snakemake fills in what stands in braces.
std::string filled_in_text(const std::string& text) {
  std::string doubled;
  for (const char c : text) doubled.append(c == '{' || c == '}' ? 2 : 1, c);
  return python_text(doubled);
}

std::string file_lines(const std::vector<std::string>& files) {
  std::string lines;
  for (const std::string& file : files) lines += fmt::format("        {},\n", python_text(file));
  return lines;
}

std::string snake_rule(const Graph& graph, const Task& task, const std::string& program) {
  std::string name = task.id;
  std::replace(name.begin(), name.end(), '-', '_');
  std::vector<std::string> inputs;
  for (const std::string& input : task.inputs) inputs.push_back(graph.at(input).marked());
  return fmt::format(
      "\n\nrule {}:\n{}{}    output:\n        {},\n    message:\n        {}\n    threads: {}\n"
      "    resources:\n        mem_mb={},\n{}    shell:\n        {}\n",
      name, inputs.empty() ? "" : "    input:\n", file_lines(inputs), python_text(task.marked()),
      filled_in_text(task.what), task.threads, task.memory_mb,
      word_after(task, "--device") == "cuda" ? "        gpu=1,\n" : "",
      filled_in_text(shell_command(task, shell_word(program))));
}

// What no other task needs.
std::vector<std::string> last_files(const Graph& graph) {
  std::set<std::string> needed;
  for (const Task& task : graph.tasks()) needed.insert(task.inputs.begin(), task.inputs.end());
  std::vector<std::string> files;
  for (const Task& task : graph.tasks()) {
    if (!needed.contains(task.id)) files.push_back(task.marked());
  }
  return files;
}

}  // namespace

std::string snakefile_text(const Graph& graph, const std::string& program) {
  std::string text =
      "# Written by mammograft experiment export. In this folder:\n"
      "#   snakemake --cores 2 --keep-going --rerun-incomplete\n"
      "#   snakemake --executor slurm --jobs 100 --keep-going --rerun-incomplete\n"
      "# A killed training goes on from its checkpoint.\n\n\nrule all:\n    input:\n";
  text += file_lines(last_files(graph));
  for (const Task& task : graph.tasks()) text += snake_rule(graph, task, program);
  return text;
}

void write_snakefile(const std::filesystem::path& folder, const Graph& graph,
                     const std::string& program) {
  create_folder(folder / "logs");
  write_file(folder / kSnakefile, snakefile_text(graph, program));
}

}  // namespace mammograft
