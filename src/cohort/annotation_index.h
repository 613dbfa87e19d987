// The annotations of each image, for loops over the images of a cohort.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "cohort/cohort.h"

namespace mammograft {

using Annotations = std::span<const Annotation* const>;

// Points into the cohort, which must outlive it and stay as it is.
class AnnotationIndex {
 public:
  // Without `ignored` the regions in which nothing is scored (Annotation::ignore) are left out.
  explicit AnnotationIndex(const Cohort& cohort, bool ignored = true);
  AnnotationIndex(Cohort&&, bool = true) = delete;

  // In the cohort's order; none for an image without any.
  Annotations of(int64_t image_id) const;
  bool any(int64_t image_id) const { return !of(image_id).empty(); }

 private:
  std::map<int64_t, std::vector<const Annotation*>> annotations_;  // by image
};

}  // namespace mammograft
