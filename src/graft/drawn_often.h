// Lesions and backgrounds that are drawn more often than the rest.
#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "core/json.h"

namespace mammograft {

struct DrawnOften {
  std::set<int64_t> lesions;      // ids of annotations of the lesions' cohort
  std::set<int64_t> backgrounds;  // ids of images of the backgrounds' cohort
  int64_t times = 1;              // as often as the rest

  bool any() const { return times > 1 && !(lesions.empty() && backgrounds.empty()); }
  Json to_json() const {
    return {{"lesions", lesions}, {"backgrounds", backgrounds}, {"times", times}};
  }
};

// `pool`, each of `often` (by `id_of`) so many times in a row.
template <typename IdOf>
std::vector<size_t> with_repeats(const std::vector<size_t>& pool, const std::set<int64_t>& often,
                                 int64_t times, IdOf id_of) {
  std::vector<size_t> repeated;
  for (const size_t i : pool)
    repeated.insert(repeated.end(), often.contains(id_of(i)) ? static_cast<size_t>(times) : 1, i);
  return repeated;
}

}  // namespace mammograft
