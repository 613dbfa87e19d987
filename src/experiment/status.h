// How far an experiment is, as its folder shows it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "experiment/graph.h"

namespace mammograft {

// running: somebody holds the task's lock. failed: its log says that its command failed, or
// crashed, or could not be started. stopped: it was told to, or its log says not how it ended (all
// was killed); it goes on where it was.
enum class TaskState { done, running, failed, stopped, waiting };

struct TaskStatus {
  const Task* task = nullptr;  // of the graph
  TaskState state = TaskState::waiting;
  double seconds = 0;  // done: what the last run of it took; running: since it began
  std::string note;    // running: step and losses of a training; failed, stopped: what it said last
};

struct ExperimentStatus {
  std::vector<TaskStatus> tasks;  // in the graph's order
  int count(TaskState state) const;

  // Of the tasks that are not done, by what finished ones of the same kind took (trainings by their
  // lengths), run side by side, `jobs` at a time; of a kind of which none is finished nothing is
  // known: then it is a lower bound, and `bound` true.
  struct Left {
    double seconds = 0;
    bool bound = false;
  };
  Left time_left(int jobs) const;
};

// Throws io for what cannot be read. Takes some microseconds a task.
ExperimentStatus read_status(const std::filesystem::path& folder, const Graph& graph);

// For a terminal: a line of counts, the tasks that run, those that failed or were stopped, and the
// time left.
std::string status_text(const ExperimentStatus& status, int jobs);

}  // namespace mammograft
