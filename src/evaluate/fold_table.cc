#include "evaluate/fold_table.h"

#include <limits>
#include <map>
#include <set>

#include "core/log.h"
#include "stats/mean_deviation.h"

namespace mammograft {
namespace {

constexpr double kNoTpr = std::numeric_limits<double>::quiet_NaN();

// By file: which images it searched. Empty where a file does not say.
std::vector<std::set<int64_t>> folds_of(const Pool& pool) {
  std::vector<std::set<int64_t>> folds;
  for (const NamedDetections* file : pool.files) {
    if (!file->meta) return {};
    folds.push_back(searched_images(*file));
  }
  return folds;
}

// Patients whose images lie in several folds: trained on and tested on, or written wrongly.
void warn_of_shared_patients(const SetResult& set, const std::vector<int>& fold_of) {
  std::map<int, std::set<int>> folds_of_patient;
  std::string example;
  int shared = 0;
  for (size_t i = 0; i < fold_of.size(); ++i) {
    std::set<int>& folds = folds_of_patient[set.reading.images[i].patient];
    if (!folds.insert(fold_of[i]).second || folds.size() != 2) continue;
    if (shared++ == 0) example = set.truth.images[i]->patient_id;
  }
  if (shared == 0) return;
  log_warning(
      fmt::format("{}: {} patients lie in several folds, for example {}: folds are not independent",
                  set.name, shared, example));
}

std::vector<int> fold_of_images(const Truth& truth, const std::vector<std::set<int64_t>>& folds) {
  std::vector<int> fold_of(truth.images.size(), 0);
  for (size_t i = 0; i < truth.images.size(); ++i)
    for (size_t f = folds.size(); f-- > 0;)
      if (folds[f].count(truth.images[i]->id)) fold_of[i] = static_cast<int>(f);
  return fold_of;
}

// The reading of one fold's images.
FrocData data_of_fold(const Reading& reading, const std::vector<int>& fold_of, int fold) {
  Reading part = reading;
  std::vector<int> new_target(reading.targets.size(), -1);
  std::vector<char> in_fold(reading.cases.size(), 0);
  for (size_t i = 0; i < fold_of.size(); ++i) {
    part.images[i].counted = reading.images[i].counted && fold_of[i] == fold;
    if (fold_of[i] == fold) in_fold[static_cast<size_t>(reading.images[i].unit_case)] = 1;
  }
  part.targets.clear();
  for (size_t t = 0; t < reading.targets.size(); ++t) {
    if (!in_fold[static_cast<size_t>(reading.targets[t].unit_case)]) continue;
    new_target[t] = static_cast<int>(part.targets.size());
    part.targets.push_back(reading.targets[t]);
  }
  std::erase_if(part.marks, [&](const Reading::Mark& mark) {
    return fold_of[static_cast<size_t>(mark.image)] != fold;
  });
  for (Reading::Mark& mark : part.marks)
    if (mark.target >= 0) mark.target = new_target[static_cast<size_t>(mark.target)];
  return froc_data(part);
}

}  // namespace

void add_folds(const Pool& pool, const std::vector<double>& fppi, SetResult& set) {
  const auto folds = folds_of(pool);
  set.fold_of_patient.assign(static_cast<size_t>(set.reading.patients), 0);
  if (folds.size() < 2) return;
  const std::vector<int> fold_of = fold_of_images(set.truth, folds);
  warn_of_shared_patients(set, fold_of);
  for (size_t i = fold_of.size(); i-- > 0;)
    set.fold_of_patient[static_cast<size_t>(set.reading.images[i].patient)] = fold_of[i];
  set.folds.files = set.files;
  set.folds.tpr.resize(fppi.size());
  for (size_t f = 0; f < folds.size(); ++f) {
    const FrocData data = data_of_fold(set.reading, fold_of, static_cast<int>(f));
    const bool known = data.images() > 0 && data.masses() > 0;
    const Froc froc = known ? make_froc(data) : Froc{};
    for (size_t x = 0; x < fppi.size(); ++x)
      set.folds.tpr[x].push_back(known ? tpr_at(froc, fppi[x]) : kNoTpr);
  }
  for (const std::vector<double>& tpr : set.folds.tpr) {
    const MeanDeviation over = mean_deviation(tpr);
    set.folds.mean.push_back(over.mean);
    set.folds.deviation.push_back(over.deviation);
  }
}

}  // namespace mammograft
