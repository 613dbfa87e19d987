#include "experiment/learnt_masses.h"

#include "stages/learnt_masses.h"

namespace mammograft {
namespace {

// What a command line says of whom its training learns from, as the tasks write it.
struct TrainingPart {
  CohortPart part;
  ValidationOptions validation;
  uint64_t seed = 0;
};

TrainingPart part_of(const std::filesystem::path& folder, const Task& task) {
  TrainingPart read;
  for (size_t i = 0; i < task.arguments.size(); ++i) {
    std::string flag = task.arguments[i], value;
    if (const size_t equals = flag.find('='); equals != flag.npos) {
      value = flag.substr(equals + 1);
      flag.resize(equals);
    } else if (i + 1 < task.arguments.size()) {
      value = task.arguments[i + 1];
    }
    if (flag == "--cohort") read.part.cohorts.push_back((folder / value).string());
    if (flag == "--folds") read.part.folds = (folder / value).string();
    if (flag == "--fold") read.part.fold = std::stoi(value);
    if (flag == "--split") read.part.split = value;
    if (flag == "--seed") read.seed = std::stoull(value);
    if (flag == "--validation-share") read.validation.share = std::stod(value);
    if (flag == "--validation-least-with-mass") read.validation.least_with_mass = std::stoi(value);
  }
  return read;
}

std::vector<std::string> key_of(const TrainingPart& read) {
  std::vector<std::string> key = read.part.cohorts;
  for (const double number : {static_cast<double>(read.part.fold), read.validation.share,
                              static_cast<double>(read.validation.least_with_mass)})
    key.push_back(fmt::format("{}", number));
  key.insert(key.end(), {read.part.folds, read.part.split, std::to_string(read.seed)});
  return key;
}

}  // namespace

int LearntMasses::of(const Task& task) {
  const TrainingPart read = part_of(folder_, task);
  const auto found = known_.find(key_of(read));
  if (found != known_.end()) return found->second;
  const int masses = count_learnt_masses(read.part, read.validation, read.seed);
  return known_.emplace(key_of(read), masses).first->second;
}

}  // namespace mammograft
