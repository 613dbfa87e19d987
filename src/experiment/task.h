// A task: one command line of this program, and what it waits for.
#pragma once

#include <string>
#include <vector>

namespace mammograft {

// Something that a task reads: made by a task, or there from outside.
struct Source {
  std::string path;  // "tasks/phantom-…/cohort.json", relative to the experiment's folder; of what
                     // is there from outside absolute
  std::string task;  // the id of the task that makes it; empty: from outside
};

struct Task {
  // The last line of the log of a task that failed: this, and the exit status of its command.
  static constexpr const char* kEnded = "exit status ";

  std::string id;                      // "<kind>-<hash>"; its folder is tasks/<id>
  std::string kind;                    // "train-detector"
  std::string what;                    // in words, of whoever asked for it first
  std::vector<std::string> arguments;  // of the program; "{out}" in them is the task's folder
  std::string marker;                  // the file in its folder that is written last
  std::vector<std::string> inputs;     // ids of the tasks that must be done before
  struct Outside {
    std::string path, digest;  // digest_of() it (stages/request.h)
  };
  std::vector<Outside> outside;       // what it reads that no task makes
  int threads = 1, memory_mb = 1000;  // for whoever distributes tasks

  std::string folder() const { return "tasks/" + id; }
  std::string marked() const { return folder() + "/" + marker; }
  std::string log() const { return "logs/" + id + ".log"; }
  std::string lock() const { return "logs/" + id + ".lock"; }
  Source made(const std::string& file) const { return {folder() + "/" + file, id}; }
  Source made() const { return {folder(), id}; }
};

// "<kind>-<sixteen digits>": of the version and all arguments that decide something, in which tasks
// are named by their ids, and so by everything that they depend on, and what is there from outside
// by its digest. Two tasks of one id make the same.
std::string task_id(const Task& task, const std::string& version);

// The arguments with the folder in its place.
std::vector<std::string> command_line(const Task& task);

// The word behind a flag; empty where there is none.
std::string word_after(const Task& task, const std::string& flag);

// For a shell in the experiment's folder: waits for the task's lock, which the process keeps as
// long as it lives and no longer, so that two never write to one folder; output goes to the task's
// log, and what it ended with where it failed. `program` is put in as it is.
std::string shell_command(const Task& task, const std::string& program);

// A word for sh, in quotes where it needs some.
std::string shell_word(const std::string& text);

}  // namespace mammograft
