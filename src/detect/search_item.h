// An image that is to be looked at.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <opencv2/core.hpp>
#include <optional>
#include <string>

namespace mammograft {

struct SearchItem {
  int64_t image_id = 0;
  std::string name;               // for messages and for Detection::file_name
  std::function<cv::Mat()> read;  // CV_16UC1; runs on another thread
  std::optional<std::array<double, 2>> spacing_mm = {};
  std::string view = {};
  std::string group = {};  // patient or study; empty: nothing is known to belong to it
  int64_t place = 0;       // among all that there is to look at (cohort/shard_record.h)
};

}  // namespace mammograft
