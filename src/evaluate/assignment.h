// Which detection of an image gets which true region, from their overlaps alone.
#pragma once

#include <cstddef>
#include <vector>

namespace mammograft {

// [detections][regions] of one image; below 0 where the two can be no pair (another category, a
// rule that is not met), and so at first.
class Overlaps {
 public:
  Overlaps(size_t detections, size_t regions)
      : detections_(detections), regions_(regions), values_(detections * regions, -1) {}
  size_t detections() const { return detections_; }
  size_t regions() const { return regions_; }
  double& at(size_t detection, size_t region) { return values_[detection * regions_ + region]; }
  double at(size_t detection, size_t region) const {
    return values_[detection * regions_ + region];
  }

 private:
  size_t detections_, regions_;
  std::vector<double> values_;
};

// What one detection gets.
struct Assigned {
  int region = -1;         // none
  bool duplicate = false;  // a detection before it has that region
  bool operator==(const Assigned&) const = default;
};

// The house's rule. By falling score (ties: the better best overlap first, then the earlier row)
// every detection takes the free region that it overlaps most (ties: the earlier region). One that
// could have had only regions that are gone is a duplicate of the one that it overlaps most.
// Returns [detections].
std::vector<Assigned> assign_greedy(const Overlaps& overlaps, const std::vector<double>& scores);

// What a region of COCO's is worth: it counts; it is of a size that is not asked for; or it is a
// crowd, which any number of detections may fall into.
enum class RegionKind { counted, ignored, crowd };

// COCOeval.evaluateImg's rule at one threshold. The rows are in the order in which the detections
// choose: by falling score. Each takes the free region that it overlaps most, at least by the
// threshold; of two that it overlaps alike it takes the later one; regions that are no `counted`
// ones only where it can have none of these, and a crowd is always free. Unlike under
// assign_greedy() the threshold itself suffices, and a further detection on a region that is taken
// gets nothing: it is a false positive.
// Returns [detections]: the region, or -1.
std::vector<int> assign_coco(const Overlaps& overlaps, const std::vector<RegionKind>& kinds,
                             double threshold);

}  // namespace mammograft
