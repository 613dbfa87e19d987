// Running a detector over many files: the next file is read while the network looks at this one, or
// several are looked at side by side.
#pragma once

#include <cstdint>
#include <functional>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "cohort/detections.h"
#include "core/progress.h"
#include "detect/mass_finder.h"
#include "detect/search_item.h"

namespace mammograft {

struct SearchFailure {
  std::string name, message;
  int64_t place = 0;  // the item's
};

struct SearchResult {
  std::vector<Detection> detections;  // in order of items
  std::vector<int64_t> image_ids;     // that were searched
  std::vector<int64_t> places;        // of these, as the items have them
  std::vector<SearchFailure> failures;
};

struct SearchOptions {
  // A file that cannot be read stops the search, or with keep_going is listed and skipped.
  bool keep_going = false;
  // Images that are looked at side by side, each on a thread of its own; more than one only where
  // the finder is many_at_a_time(). With one its detect() is called on the caller's thread.
  int lanes = 1;
};

// `seen` (may be empty) is called for every image with its pixels and what was found there, on
// another thread, one call at a time, in the order of the items. Memory does not grow with the
// number of items except for the detections.
SearchResult search(const MassFinder& finder, const std::vector<SearchItem>& items,
                    const SearchOptions& options,
                    const std::function<void(const SearchItem&, const cv::Mat& pixels,
                                             const std::vector<FoundMass>& found)>& seen,
                    Progress& progress);

// Throws bad_input where there were images, and all of them were skipped.
void check_any_searched(const SearchResult& result);

}  // namespace mammograft
