// Elements of lists on their way into the list of the whole.
#pragma once

#include <algorithm>
#include <vector>

#include "core/json.h"

namespace mammograft {

struct PlacedJson {
  int64_t place;  // in the whole; those of one place stay in their order
  Json json;
};

inline Json list_of(std::vector<PlacedJson>&& elements) {
  std::stable_sort(elements.begin(), elements.end(),
                   [](const PlacedJson& a, const PlacedJson& b) { return a.place < b.place; });
  Json list = Json::array();
  for (PlacedJson& element : elements) list.push_back(std::move(element.json));
  return list;
}

}  // namespace mammograft
