// Free-response data for tests. Only for *_test.cc files.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "core/json.h"
#include "core/rng.h"
#include "evaluate/free_response.h"

namespace mammograft {

// One reader in one modality of RJafroc's example datasets, and RJafroc's figures of merit.
struct RjafrocReader {
  std::string dataset, modality, reader;
  FreeResponse cases;
  Json values;  // by RJafroc's names
};

// Normal cases stand first, as in RJafroc's arrays; every case is a patient of its own.
inline FreeResponse rjafroc_cases(const Json& set, const Json& reader) {
  FreeResponse cases;
  const size_t normal = set["normal_cases"].get<size_t>();
  for (const Json& marks : reader["false_marks"]) {
    const size_t k = cases.size();
    MarkedCase one;
    one.name = "case " + std::to_string(k + 1);
    one.patient = static_cast<int>(k);
    one.false_marks = marks.get<std::vector<double>>();
    std::sort(one.false_marks.begin(), one.false_marks.end(), std::greater<>());
    for (size_t l = 0; k >= normal && l < reader["lesions"][k - normal].size(); ++l) {
      const Json& rating = reader["lesions"][k - normal][l];
      const double weight = set["weights"][k - normal][l].get<double>();
      one.lesions.push_back({rating.is_null() ? kUnmarked : rating.get<double>(), weight});
    }
    cases.push_back(one);
  }
  return cases;
}

// Made by tests/golden/evaluate/make_rjafroc.R with RJafroc's own functions.
inline std::vector<RjafrocReader> golden_rjafroc() {
  std::vector<RjafrocReader> all;
  const Json golden =
      read_json(std::string(MAMMOGRAFT_SOURCE_DIR) + "/tests/golden/evaluate/rjafroc.json");
  for (const Json& set : golden["sets"]) {
    for (const Json& reader : set["readers"]) {
      all.push_back({set["dataset"].get<std::string>(), reader["modality"].get<std::string>(),
                     reader["reader"].get<std::string>(), rjafroc_cases(set, reader),
                     reader["values"]});
    }
  }
  return all;
}

// Up to three lesions of unequal weight, some unmarked; up to four false marks, often none; ratings
// in seven steps, so there are ties. Two cases in a row are of one patient.
inline MarkedCase random_marked_case(Rng& rng, int index) {
  MarkedCase one;
  one.name = "case " + std::to_string(index);
  one.patient = index / 2;
  double sum = 0;
  for (int64_t left = std::max<int64_t>(rng.integer(6) - 2, 0); left > 0; --left) {
    const double rating = rng.chance(0.3) ? kUnmarked : static_cast<double>(rng.integer(7));
    one.lesions.push_back({rating, rng.uniform(0.2, 1)});
    sum += one.lesions.back().weight;
  }
  for (MarkedLesion& lesion : one.lesions) lesion.weight /= sum;
  for (int64_t left = std::max<int64_t>(rng.integer(7) - 2, 0); left > 0; --left) {
    one.false_marks.push_back(static_cast<double>(rng.integer(7)) - 1);
  }
  std::sort(one.false_marks.begin(), one.false_marks.end(), std::greater<>());
  return one;
}

inline FreeResponse random_free_response(Rng& rng, int cases) {
  FreeResponse all;
  for (int i = 0; i < cases; ++i) all.push_back(random_marked_case(rng, i));
  return all;
}

}  // namespace mammograft
