#include "evaluate/cases.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace mammograft {
namespace {

const std::string& patient_of(const SetResult& set, const Case& item) {
  return set.truth.images[set.truth.index_of.at(item.image_id)]->patient_id;
}

// `count` of the ordered cases, of new patients rather than of new images; in the given order.
std::vector<Case> pick(const SetResult& set, const std::vector<Case>& ordered, int count) {
  std::set<size_t> chosen;
  std::set<int64_t> images;
  std::set<std::string> patients;
  for (bool new_patient : {true, false}) {
    for (size_t i = 0; i < ordered.size(); ++i) {
      if (std::ssize(chosen) >= count) break;
      if (images.count(ordered[i].image_id)) continue;
      if (new_patient && !patients.insert(patient_of(set, ordered[i])).second) continue;
      images.insert(ordered[i].image_id);
      chosen.insert(i);
    }
  }
  std::vector<Case> cases;
  for (const size_t i : chosen) cases.push_back(ordered[i]);
  return cases;
}

void add_detections(const SetResult& set, double threshold, std::vector<Case>& cases) {
  for (Case& item : cases) {
    for (size_t i = 0; i < set.detections.size(); ++i) {
      if (set.detections[i].image_id != item.image_id) continue;
      const bool about = item.detection == static_cast<int>(i);
      if (about || set.detections[i].score >= threshold) item.detections.push_back(i);
    }
  }
}

bool higher(const Case& a, const Case& b) { return a.score > b.score; }

// Cases of all masses, by falling score of the detection that finds each; never found ones last.
std::vector<Case> mass_cases(const SetResult& set) {
  std::vector<Case> cases;
  for (size_t m = 0; m < set.truth.masses.size(); ++m) {
    Case item;
    item.mass = static_cast<int>(m);
    item.image_id = set.truth.images[set.truth.masses[m].image]->id;
    cases.push_back(item);
  }
  for (size_t i = 0; i < set.matches.size(); ++i) {
    if (set.matches[i].outcome != Outcome::hit) continue;
    Case& item = cases[set.matches[i].mass];
    item.detection = static_cast<int>(i);
    item.score = set.detections[i].score;
  }
  std::stable_sort(cases.begin(), cases.end(), [](const Case& a, const Case& b) {
    if ((a.detection < 0) != (b.detection < 0)) return b.detection < 0;
    return higher(a, b);
  });
  return cases;
}

std::vector<Case> alarm_cases(const SetResult& set, double threshold) {
  std::vector<Case> cases;
  for (size_t i = 0; i < set.matches.size(); ++i) {
    if (set.matches[i].outcome != Outcome::false_positive) continue;
    if (set.detections[i].score < threshold) continue;
    Case item;
    item.image_id = set.detections[i].image_id;
    item.detection = static_cast<int>(i);
    item.score = set.detections[i].score;
    cases.push_back(item);
  }
  std::stable_sort(cases.begin(), cases.end(), higher);
  return cases;
}

// The same cases, the ones in the middle of the order first.
std::vector<Case> from_the_middle(std::vector<Case> cases) {
  const double middle = (static_cast<double>(cases.size()) - 1) / 2;
  std::vector<std::pair<double, size_t>> order;
  for (size_t i = 0; i < cases.size(); ++i) {
    order.emplace_back(std::abs(static_cast<double>(i) - middle), i);
  }
  std::sort(order.begin(), order.end());
  std::vector<Case> result;
  for (const auto& [distance, index] : order) result.push_back(cases[index]);
  return result;
}

}  // namespace

CaseSelection select_cases(const SetResult& set, const CaseOptions& options) {
  const OperatingPoint& operating = operating_point_near(set, options.fppi);
  CaseSelection selection;
  selection.threshold = operating.point.threshold;
  selection.fppi = operating.fppi_limit;
  std::vector<Case> found, missed;
  for (const Case& item : mass_cases(set)) {
    const bool hit = item.detection >= 0 && item.score >= selection.threshold;
    (hit ? found : missed).push_back(item);
  }
  for (Case& item : missed) item.reported = false;
  std::reverse(missed.begin(), missed.end());
  selection.best = pick(set, found, options.count);
  std::erase_if(found, [&](const Case& item) {  // shown once
    return std::any_of(selection.best.begin(), selection.best.end(),
                       [&](const Case& best) { return best.mass == item.mass; });
  });
  selection.typical = pick(set, from_the_middle(found), options.count);
  selection.missed = pick(set, missed, options.count);
  selection.false_alarms = pick(set, alarm_cases(set, selection.threshold), options.count);
  for (auto* list :
       {&selection.best, &selection.typical, &selection.missed, &selection.false_alarms}) {
    add_detections(set, selection.threshold, *list);
  }
  return selection;
}

std::vector<Case> only_found(const SetResult& by, const SetResult& other,
                             const CaseOptions& options) {
  const double threshold = operating_point_near(by, options.fppi).point.threshold;
  const double others = operating_point_near(other, options.fppi).point.threshold;
  std::set<int> found_by_other;
  for (const Case& item : mass_cases(other))
    if (item.detection >= 0 && item.score >= others) found_by_other.insert(item.mass);
  std::vector<Case> alone;
  for (const Case& item : mass_cases(by)) {
    const bool found = item.detection >= 0 && item.score >= threshold;
    if (found && found_by_other.count(item.mass) == 0) alone.push_back(item);
  }
  std::vector<Case> chosen = pick(by, alone, options.count);
  add_detections(by, threshold, chosen);
  return chosen;
}

}  // namespace mammograft
