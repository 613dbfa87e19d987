// How many real masses a training learns from.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "experiment/task.h"

namespace mammograft {

// Trainings that read the same are counted once.
class LearntMasses {
 public:
  explicit LearntMasses(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // By the command of `task`, a `train detector`: see stages/learnt_masses.h.
  int of(const Task& task);

 private:
  const std::filesystem::path folder_;             // of the experiment
  std::map<std::vector<std::string>, int> known_;  // by all that decides
};

}  // namespace mammograft
