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

  // Those in the images that the command of `task`, a `train detector`, reads; grafts do not count.
  // Throws as reading the cohorts does.
  int of(const Task& task);

 private:
  const std::filesystem::path folder_;             // of the experiment
  std::map<std::vector<std::string>, int> known_;  // by cohorts, folds, fold, split
};

}  // namespace mammograft
