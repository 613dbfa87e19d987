// The tasks of an experiment: graph.json in its folder (docs/experiment.md).
#pragma once

#include <filesystem>
#include <string>
#include <unordered_map>
#include <vector>

#include "experiment/layout.h"
#include "experiment/task.h"

namespace mammograft {

class Graph {
 public:
  Graph() = default;
  // The tasks' ids hold this version of the program.
  explicit Graph(std::string version) : version_(std::move(version)) {}

  // Gives the task its id; one that is there already stays as it is. Its inputs must be there:
  // defect. The reference holds until the next add().
  const Task& add(Task task);

  const std::string& version() const { return version_; }
  const std::vector<Task>& tasks() const { return tasks_; }  // each behind its inputs
  bool contains(const std::string& id) const { return place_.contains(id); }
  const Task& at(const std::string& id) const;  // usage error where there is none
  int threads() const;                          // of the task that takes the most

  // The plan's file, from whose folder its paths count; empty: written by an earlier version.
  const std::string& plan() const { return plan_; }
  std::string& plan() { return plan_; }

  const Layout& layout() const { return layout_; }
  Layout& layout() { return layout_; }

 private:
  friend Graph read_graph(const std::filesystem::path& folder);
  const Task& insert(Task task);

  std::string version_, plan_;
  Layout layout_;
  std::vector<Task> tasks_;
  std::unordered_map<std::string, size_t> place_;
};

// folder/graph.json, atomically, where it is not the same: its time is that of the last other plan.
void write_graph(const std::filesystem::path& folder, const Graph& graph);
// Throws io or bad_input: not there, not as write_graph() has it. One of an earlier version may
// have no layout, and tasks that do not say how many threads they take: one.
Graph read_graph(const std::filesystem::path& folder);

}  // namespace mammograft
