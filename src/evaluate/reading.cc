#include "evaluate/reading.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "core/error.h"
#include "evaluate/groups.h"

namespace mammograft {
namespace {

bool comes_before(const Reading::Mark& a, const Reading::Mark& b) {
  return std::make_tuple(-a.score, a.target, a.image) <
         std::make_tuple(-b.score, b.target, b.image);
}

// Breasts by patient and side, numbered as they come.
void find_breasts(const Truth& truth, Reading& reading) {
  std::map<std::pair<int, std::string>, int> number_of;
  for (size_t i = 0; i < reading.images.size(); ++i) {
    const std::string& side = truth.images[i]->laterality;
    if (side.empty()) continue;
    const auto [place, fresh] =
        number_of.emplace(std::pair(reading.images[i].patient, side), reading.breasts);
    reading.breasts += fresh;
    reading.images[i].breast = place->second;
  }
}

std::string patient_name(const ImageRecord& image) {
  return image.patient_id.empty() ? image.file_name : image.patient_id;
}

// The name and number of the case to which an image belongs.
std::pair<int, std::string> case_of(const Reading& reading, const Truth& truth, size_t image,
                                    Unit unit) {
  const ImageRecord& record = *truth.images[image];
  if (unit == Unit::image) return {static_cast<int>(image), record.file_name};
  if (unit == Unit::patient) return {reading.images[image].patient, patient_name(record)};
  if (reading.images[image].breast < 0) {
    fail(ErrorKind::bad_input, "{}: laterality: not known, expected L or R to score by breast",
         record.file_name);
  }
  return {reading.images[image].breast, patient_name(record) + " " + record.laterality};
}

void make_cases(const Truth& truth, Unit unit, Reading& reading) {
  std::map<int, int> number_of;
  for (size_t i = 0; i < reading.images.size(); ++i) {
    auto [key, name] = case_of(reading, truth, i, unit);
    const auto [place, fresh] = number_of.emplace(key, static_cast<int>(reading.cases.size()));
    if (fresh) reading.cases.push_back({std::move(name), reading.images[i].patient});
    reading.images[i].unit_case = place->second;
  }
}

void make_targets(const Truth& truth, Unit unit, Reading& reading) {
  std::vector<int> target_of_case(reading.cases.size(), -1);
  for (size_t m = 0; m < truth.masses.size(); ++m) {
    const int unit_case = reading.images[static_cast<size_t>(truth.masses[m].image)].unit_case;
    int& known = target_of_case[static_cast<size_t>(unit_case)];
    if (known < 0 || unit == Unit::image) {
      known = static_cast<int>(reading.targets.size());
      reading.targets.push_back({unit_case, {}, 1});
    }
    reading.targets[static_cast<size_t>(known)].masses.push_back(static_cast<int>(m));
    reading.target_of_mass.push_back(known);
  }
}

int patient_of(const Reading& reading, const Reading::Mark& mark) {
  return reading.images[static_cast<size_t>(mark.image)].patient;
}

// Where an image lies when cases of `unit` are counted; -1: nowhere.
int place_of(const Reading::Image& image, size_t index, Unit unit) {
  if (unit == Unit::image) return static_cast<int>(index);
  return unit == Unit::breast ? image.breast : image.patient;
}

size_t places(const Reading& reading, Unit unit) {
  if (unit == Unit::image) return reading.images.size();
  return static_cast<size_t>(unit == Unit::breast ? reading.breasts : reading.patients);
}

}  // namespace

Unit unit_from(const std::string& name) {
  if (name == "image") return Unit::image;
  if (name == "breast") return Unit::breast;
  if (name == "patient") return Unit::patient;
  fail(ErrorKind::usage, "unit: found {}, expected image, breast or patient", name);
}

std::string to_string(Unit unit) {
  if (unit == Unit::image) return "image";
  return unit == Unit::breast ? "breast" : "patient";
}

bool Reading::breasts_known() const {
  return std::all_of(images.begin(), images.end(),
                     [](const Image& image) { return image.breast >= 0; });
}

Reading make_reading(const Truth& truth, const std::vector<Detection>& detections,
                     const std::vector<Match>& matches, const std::vector<int>& patient_of,
                     const std::vector<char>& counted, Unit unit) {
  Reading reading;
  for (size_t i = 0; i < truth.images.size(); ++i) {
    reading.images.push_back({patient_of[i], 0, -1, !truth.masses_of[i].empty(), counted[i] != 0});
    reading.patients = std::max(reading.patients, patient_of[i] + 1);
  }
  find_breasts(truth, reading);
  make_cases(truth, unit, reading);
  make_targets(truth, unit, reading);
  for (size_t d = 0; d < detections.size(); ++d) {
    const int image = truth.index_of.at(detections[d].image_id);
    const Match& match = matches[d];
    if (match.outcome == Outcome::hit) {
      reading.marks.push_back(
          {detections[d].score, image, reading.target_of_mass[static_cast<size_t>(match.mass)]});
    } else if (match.outcome == Outcome::false_positive) {
      reading.marks.push_back({detections[d].score, image, -1});
    }
  }
  std::sort(reading.marks.begin(), reading.marks.end(), comes_before);
  return reading;
}

Reading on_common_scale(Reading reading) {
  std::vector<Reading::Mark>& marks = reading.marks;
  double alarms = 0;
  for (size_t first = 0; first < marks.size();) {
    size_t end = first;
    const double before = alarms;
    for (; end < marks.size() && marks[end].score == marks[first].score; ++end)
      alarms += marks[end].target < 0;
    // Without a false positive among them they come after one and before the next.
    const double place = alarms > before ? -alarms : -alarms - 0.5;
    for (size_t i = first; i < end; ++i) marks[i].score = place;
    first = end;
  }
  return reading;
}

Reading joined(const Reading& one, const Reading& other) {
  const Reading first = on_common_scale(one), second = on_common_scale(other);
  ensure(
      first.images.size() == second.images.size() && first.targets.size() == second.targets.size(),
      "readings of {} and {} images, {} and {} targets", first.images.size(), second.images.size(),
      first.targets.size(), second.targets.size());
  Reading both = first;
  both.target_of_mass.clear();  // of two readings there is no one list
  const int images = static_cast<int>(first.images.size());
  const int cases = static_cast<int>(first.cases.size());
  const int targets = static_cast<int>(first.targets.size());
  both.patients += second.patients;
  both.breasts += second.breasts;
  for (Reading::Image image : second.images) {
    image.patient += first.patients;
    image.unit_case += cases;
    if (image.breast >= 0) image.breast += first.breasts;
    both.images.push_back(image);
  }
  for (Reading::Case one : second.cases) {
    one.patient += first.patients;
    both.cases.push_back(std::move(one));
  }
  for (Reading::Target target : second.targets) {
    target.unit_case += cases;
    both.targets.push_back(std::move(target));
  }
  for (Reading::Mark mark : second.marks) {
    mark.image += images;
    if (mark.target >= 0) mark.target += targets;
    both.marks.push_back(mark);
  }
  std::sort(both.marks.begin(), both.marks.end(), comes_before);
  return both;
}

FrocData froc_data(const Reading& reading) {
  FrocData data;
  data.images_of_patient.assign(static_cast<size_t>(reading.patients), 0);
  for (const Reading::Image& image : reading.images)
    data.images_of_patient[static_cast<size_t>(image.patient)] += image.counted;
  for (const Reading::Target& target : reading.targets)
    data.patient_of_mass.push_back(reading.cases[static_cast<size_t>(target.unit_case)].patient);
  std::vector<char> found(reading.targets.size(), 0);
  for (const Reading::Mark& mark : reading.marks) {
    const bool counts = mark.target >= 0 ? found[static_cast<size_t>(mark.target)]++ == 0
                                         : reading.images[static_cast<size_t>(mark.image)].counted;
    if (counts) data.events.push_back({mark.score, patient_of(reading, mark), mark.target});
  }
  return data;
}

FreeResponse free_response(const Reading& reading) {
  FreeResponse cases;
  for (const Reading::Case& one : reading.cases) cases.push_back({one.name, one.patient, {}, {}});
  std::vector<size_t> place(reading.targets.size());
  for (size_t t = 0; t < reading.targets.size(); ++t) {
    MarkedCase& in = cases[static_cast<size_t>(reading.targets[t].unit_case)];
    place[t] = in.lesions.size();
    in.lesions.push_back({kUnmarked, reading.targets[t].weight});
  }
  for (MarkedCase& one : cases) {
    double sum = 0;
    for (const MarkedLesion& lesion : one.lesions) sum += lesion.weight;
    for (MarkedLesion& lesion : one.lesions) lesion.weight /= sum;
  }
  for (const Reading::Mark& mark : reading.marks) {
    MarkedCase& in =
        cases[static_cast<size_t>(reading.images[static_cast<size_t>(mark.image)].unit_case)];
    if (mark.target < 0) {
      in.false_marks.push_back(mark.score);
    } else {
      double& rating = in.lesions[place[static_cast<size_t>(mark.target)]].rating;
      rating = std::max(rating, mark.score);
    }
  }
  return cases;
}

void weigh_by_size(const Truth& truth, Reading& reading) {
  for (Reading::Target& target : reading.targets) {
    target.weight = 0;
    for (int m : target.masses) {
      const Truth::Mass& mass = truth.masses[static_cast<size_t>(m)];
      const ImageRecord& image = *truth.images[static_cast<size_t>(mass.image)];
      const std::optional<double> size = mass_size_mm(*mass.annotation, image);
      if (!size || !(*size > 0)) {
        fail(ErrorKind::bad_input,
             "{}: size of a mass: not known, expected for lesion_weights size", image.file_name);
      }
      target.weight = std::max(target.weight, *size);
    }
  }
}

std::vector<RankedItem> case_scores(const Reading& reading, Unit unit) {
  std::vector<RankedItem> cases(places(reading, unit), {kUnmarked, false, 1, -1});
  const auto at = [&](size_t image) -> RankedItem* {
    const int place = place_of(reading.images[image], image, unit);
    return place < 0 ? nullptr : &cases[static_cast<size_t>(place)];
  };
  for (size_t i = 0; i < reading.images.size(); ++i) {
    RankedItem* item = at(i);
    if (item == nullptr) continue;
    item->patient = reading.images[i].patient;
    item->positive |= reading.images[i].positive;
  }
  for (const Reading::Mark& mark : reading.marks) {
    RankedItem* item = at(static_cast<size_t>(mark.image));
    if (item != nullptr) item->score = std::max(item->score, mark.score);
  }
  std::erase_if(cases, [](const RankedItem& item) { return item.patient < 0; });
  return cases;
}

FrocData roc_data(const std::vector<RankedItem>& cases, int patients) {
  FrocData data;
  data.images_of_patient.assign(static_cast<size_t>(patients), 0);
  for (const RankedItem& item : cases) {
    int mass = -1;
    if (item.positive) {
      mass = data.masses();
      data.patient_of_mass.push_back(item.patient);
    } else {
      ++data.images_of_patient[static_cast<size_t>(item.patient)];
    }
    if (item.score != kUnmarked) data.events.push_back({item.score, item.patient, mass});
  }
  std::stable_sort(data.events.begin(), data.events.end(),
                   [](const FrocEvent& a, const FrocEvent& b) { return a.score > b.score; });
  return data;
}

}  // namespace mammograft
