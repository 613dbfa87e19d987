#include "study/study.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace mammograft {

std::string StudyArm::grafts_words() const { return fresh ? "fresh" : std::to_string(grafts); }

std::string patients_words(int patients) {
  return patients > 0 ? fmt::format("{} patients", patients) : "all patients";
}

double ArmCost::seconds() const {
  double all = 0;
  for (const StageCost& one : stages) all += one.seconds;
  return all;
}

std::optional<size_t> Study::arm_of(const std::string& method) const {
  std::optional<size_t> first;
  for (size_t a = 0; a < arms.size(); ++a) {
    if (arms[a].method != method) continue;
    if (arms[a].name == method) return a;
    if (!first) first = a;
  }
  return first;
}

bool Study::several_patients() const {
  std::set<int> all;
  for (const StudyPoint& point : points) all.insert(point.patients);
  return all.size() > 1;
}

bool Study::several_lengths() const {
  std::set<double> all;
  for (const StudyPoint& point : points) all.insert(point.length);
  return all.size() > 1;
}

std::string Study::words(const StudyPoint& point) const {
  std::string text;
  if (several_patients()) text = patients_words(point.patients);
  if (several_lengths())
    text += fmt::format("{}{:g} {}", text.empty() ? "" : ", ", point.length, unit);
  return text;
}

}  // namespace mammograft
