#include "exchange/reader_study.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <string_view>
#include <tuple>
#include <utility>

#include "core/error.h"

namespace mammograft {
namespace {

std::string title_of(const StudyResult& result) {
  return fmt::format("modality '{}', reader '{}'", result.modality, result.reader);
}

void sort_cases(FreeResponse& cases) {
  std::sort(cases.begin(), cases.end(), [](const MarkedCase& a, const MarkedCase& b) {
    return std::make_tuple(a.diseased(), std::cref(a.name)) <
           std::make_tuple(b.diseased(), std::cref(b.name));
  });
}

// The number of `name` in the list, which it joins where it is new.
size_t place_among(std::vector<std::string>& names, const std::string& name) {
  const auto at = std::find(names.begin(), names.end(), name);
  if (at != names.end()) return static_cast<size_t>(at - names.begin());
  names.push_back(name);
  return names.size() - 1;
}

void require_rating(double rating, const StudyResult& result, const MarkedCase& one) {
  if (!std::isfinite(rating)) {
    fail(ErrorKind::bad_input, "{}, case '{}': score: found {}, expected a finite number",
         title_of(result), one.name, rating);
  }
}

void require_ratings(const StudyResult& result) {
  for (const MarkedCase& one : result.cases) {
    for (const double mark : one.false_marks) require_rating(mark, result, one);
    for (const MarkedLesion& lesion : one.lesions) {
      if (lesion.rating != kUnmarked) require_rating(lesion.rating, result, one);
    }
  }
}

void require_names_once(const FreeResponse& cases) {
  std::vector<std::string> names;
  for (const MarkedCase& one : cases) names.push_back(one.name);
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice != names.end()) {
    fail(ErrorKind::bad_input, "case '{}': found twice, expected every case once", *twice);
  }
}

std::vector<double> weights_of(const MarkedCase& one) {
  std::vector<double> weights;
  for (const MarkedLesion& lesion : one.lesions) weights.push_back(lesion.weight);
  return weights;
}

void require_same_truth(const FreeResponse& first, const StudyResult& result) {
  if (result.cases.size() != first.size()) {
    fail(ErrorKind::bad_input, "{}: found {} cases, expected the {} of the first result",
         title_of(result), result.cases.size(), first.size());
  }
  for (size_t k = 0; k < first.size(); ++k) {
    const MarkedCase &found = result.cases[k], &expected = first[k];
    if (found.name == expected.name && weights_of(found) == weights_of(expected)) continue;
    fail(ErrorKind::bad_input,
         "{}: found case '{}' with {} lesions, expected case '{}' with {}, weighing alike, as in "
         "the first result",
         title_of(result), found.name, found.lesions.size(), expected.name,
         expected.lesions.size());
  }
}

void number_results(const std::vector<StudyResult>& results, ReaderStudy& study) {
  for (const StudyResult& result : results) {
    if (result.modality.empty() || result.reader.empty()) {
      fail(ErrorKind::bad_input, "{}: expected a name of both", title_of(result));
    }
    place_among(study.modalities, result.modality);
    place_among(study.readers, result.reader);
  }
}

void place_results(std::vector<StudyResult> results, ReaderStudy& study) {
  study.results.resize(study.modalities.size() * study.readers.size());
  for (StudyResult& result : results) {
    const size_t modality = place_among(study.modalities, result.modality);
    const size_t reader = place_among(study.readers, result.reader);
    FreeResponse& place = study.results[modality * study.readers.size() + reader];
    if (!place.empty()) {
      fail(ErrorKind::bad_input, "{}: given twice, expected once", title_of(result));
    }
    place = std::move(result.cases);
  }
}

void require_crossed(const ReaderStudy& study) {
  for (size_t m = 0; m < study.modalities.size(); ++m) {
    for (size_t r = 0; r < study.readers.size(); ++r) {
      if (!study.of(m, r).empty()) continue;
      fail(ErrorKind::bad_input,
           "modality '{}', reader '{}': missing, expected every reader in every modality",
           study.modalities[m], study.readers[r]);
    }
  }
}

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-_.:/+@").find(c) != std::string_view::npos;
}

}  // namespace

ReaderStudy make_reader_study(std::vector<StudyResult> results) {
  if (results.empty() || results.front().cases.empty()) {
    fail(ErrorKind::bad_input, "a study: found no result or no case, expected at least one");
  }
  require_names_once(results.front().cases);
  for (StudyResult& result : results) {
    sort_cases(result.cases);
    require_ratings(result);
    require_same_truth(results.front().cases, result);
  }
  ReaderStudy study;
  number_results(results, study);
  place_results(std::move(results), study);
  require_crossed(study);
  const FreeResponse& truth = study.truth();
  study.normal = static_cast<size_t>(std::count_if(
      truth.begin(), truth.end(), [](const MarkedCase& one) { return !one.diseased(); }));
  if (study.diseased() == 0) {
    fail(ErrorKind::bad_input, "a study: found no case with a lesion, expected at least one");
  }
  return study;
}

std::string study_id(const std::string& name) {
  std::string id;
  for (const char c : name) {
    if (is_plain(c)) {
      id += c;
    } else {
      id += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return id;
}

}  // namespace mammograft
