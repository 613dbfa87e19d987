// A task put together word by word.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "experiment/task.h"

namespace mammograft {

// Digests of what is there from outside, each asked for once.
class OutsideFiles {
 public:
  using Digest = std::function<std::string(const std::string& path)>;
  explicit OutsideFiles(Digest digest) : digest_(std::move(digest)) {}
  // bad_input where nothing is there; `asker` begins the message.
  const std::string& digest(const std::string& path, const std::string& asker);

 private:
  Digest digest_;
  std::map<std::string, std::string> known_;
};

// "prepare dicom" -> {"prepare", "dicom"}, "prepare-dicom", and back to "prepare dicom".
std::vector<std::string> words_of_command(const std::string& command);
std::string kind_of_command(std::string command);
std::string command_of_kind(std::string kind);

// A path of a plan, which counts from the plan's folder.
Source outside_of(const std::filesystem::path& plan, const std::string& path);

class TaskBuilder {
 public:
  TaskBuilder(OutsideFiles& outside, std::string kind, std::string what, std::string marker);

  TaskBuilder& word(const std::string& text);
  TaskBuilder& option(const std::string& flag, const std::string& value);
  TaskBuilder& words(const std::vector<std::string>& texts);
  // What it reads, after a flag or ("") alone.
  TaskBuilder& reads(const std::string& flag, const Source& source);
  TaskBuilder& after(const std::string& task);  // waits for it
  TaskBuilder& resources(int threads, int memory_mb);
  Task build() const { return task_; }

 private:
  OutsideFiles& outside_;
  Task task_;
};

}  // namespace mammograft
