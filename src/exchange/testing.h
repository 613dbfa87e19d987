// What the tests of src/exchange share.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "cohort/cohort.h"

namespace mammograft {

// Images of 200 x 400 px without findings, and the categories `names` with the ids 1, 2, ...
inline Cohort truth_of(const std::vector<std::pair<int64_t, std::string>>& images,
                       const std::vector<std::string>& names = {"mass"}) {
  Cohort truth;
  for (const std::string& name : names)
    truth.categories.push_back({static_cast<int64_t>(truth.categories.size()) + 1, name});
  for (const auto& [id, file_name] : images) {
    ImageRecord& image = truth.images.emplace_back();
    image.id = id;
    image.file_name = file_name;
    image.width = 200;
    image.height = 400;
  }
  return truth;
}

}  // namespace mammograft
