#include "experiment/learnt_masses.h"

#include <set>

#include "stages/cohort_part.h"

namespace mammograft {
namespace {

// What the flags of a command line say of its part, as the tasks write them.
CohortPart part_of(const std::filesystem::path& folder, const Task& task) {
  CohortPart part;
  for (size_t i = 0; i + 1 < task.arguments.size(); ++i) {
    const std::string &flag = task.arguments[i], &value = task.arguments[i + 1];
    if (flag == "--cohort") part.cohorts.push_back((folder / value).string());
    if (flag == "--folds") part.folds = (folder / value).string();
    if (flag == "--fold") part.fold = std::stoi(value);
    if (flag == "--split") part.split = value;
  }
  return part;
}

int counted(const CohortPart& part) {
  const Cohort cohort = part.training();
  std::set<int64_t> real;
  for (const ImageRecord& image : cohort.images)
    if (!is_synthetic(image)) real.insert(image.id);
  int masses = 0;
  for (const Annotation& mass : cohort.annotations)
    masses += !mass.ignore && real.contains(mass.image_id);
  return masses;
}

}  // namespace

int LearntMasses::of(const Task& task) {
  const CohortPart part = part_of(folder_, task);
  std::vector<std::string> key = part.cohorts;
  key.insert(key.end(), {part.folds, std::to_string(part.fold), part.split});
  const auto found = known_.find(key);
  return found != known_.end() ? found->second : known_.emplace(key, counted(part)).first->second;
}

}  // namespace mammograft
