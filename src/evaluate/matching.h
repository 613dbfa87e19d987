// Which detections hit which masses: the rules under which a detector is scored.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "cohort/cohort.h"
#include "cohort/detections.h"

namespace mammograft {

// iou: intersection over union of the boxes; mask_iou: of the masks; centre: the centre of the
// detected box lies within the true box; centre_in_mask: on the true mask; distance: the centres of
// the boxes are near each other.
enum class HitRule { iou, mask_iou, centre, centre_in_mask, distance };
// "iou", "mask-iou", "centre", "centre-in-mask", "distance"; usage otherwise
HitRule hit_rule_from(const std::string& name);
std::string to_string(HitRule rule);

struct MatchingOptions {
  std::string rule = "iou";
  std::string assignment = "greedy";  // "coco": see match()
  double threshold = 0.5;             // a hit overlaps by strictly more (not used by centre)
  double distance_mm = 10;            // a hit is nearer than this or as near (distance)
  double ignore_threshold = 0.5;  // share of the detection inside a region to ignore, strictly more
  bool duplicates_count = false;  // a further hit on a found mass is a false positive
  template <typename V>
  void fields(V&& v) {
    v.choice("rule", rule, {"iou", "mask-iou", "centre", "centre-in-mask", "distance"},
             "when a detection hits: overlap of boxes, of masks, its centre in the true box or on "
             "the true mask, or near the true centre");
    v.choice("assignment", assignment, {"greedy", "coco"},
             "which mass a detection gets: the free one that it overlaps most, or as COCO's "
             "evaluation assigns (iou and mask-iou)");
    v("threshold", threshold, "a hit overlaps by more than this (iou and mask-iou)");
    v("distance_mm", distance_mm, "how far a hit's centre may be from the mass's (distance)");
    v("ignore_threshold", ignore_threshold,
      "a detection of which more than this share lies in a region to ignore counts neither way");
    v("duplicates_count", duplicates_count,
      "count a further hit on a mass that is already found as a false positive");
  }
};

// usage error: a rule that is not known, or COCO's assignment with another than it knows.
void check(const MatchingOptions& options);

enum class Outcome { hit, duplicate, ignored, false_positive };
std::string to_string(Outcome outcome);

// What became of one detection.
struct Match {
  Outcome outcome = Outcome::false_positive;
  int mass = -1;  // hit, duplicate: index of the true mass in Truth::masses
  double overlap =
      0;  // hit, duplicate: IoU with that mass (of masks under mask-iou); ignored: share
};

// The truth, indexed for matching. Holds pointers into the cohort, which must outlive it.
struct Truth {
  struct Mass {
    const Annotation* annotation;
    int image;  // index in images
  };
  std::vector<const ImageRecord*> images;
  std::map<int64_t, int> index_of;                         // image id -> index in images
  std::vector<Mass> masses;                                // without the regions to ignore
  std::vector<std::vector<int>> masses_of;                 // [image] -> indices in masses
  std::vector<std::vector<const Annotation*>> ignored_of;  // [image] -> regions to ignore
};
Truth index_truth(const Cohort& cohort);

// One Match for every detection, in the order of `detections`. In every image the detections are
// taken by falling score (ties: the better overlap first, then file order), and each goes to the
// free mass of its category with which it overlaps most. What hits no mass at all, but lies in a
// region to ignore (of any category), counts neither way; that share is intersection over the
// detection's area, as for COCO's crowds. A detection without a mask counts as its filled box.
//
// Assignment "coco" is that of COCO's evaluation (assign_coco() in assignment.h, as under
// coco_ap.h) at one threshold. What differs: an overlap of the threshold itself suffices; equal
// scores choose in the order of ranks_before(), which does not look at overlaps; of two masses that
// a detection overlaps alike it gets the later one; a further hit on a found mass is a false
// positive unless it lies in a region to ignore; such a region is one of the detection's own
// category that holds at least `threshold` of it (not more than `ignore_threshold`).
//
// Under centre-in-mask a mass without a mask counts as its filled box, as everywhere. Under
// distance a detection goes to the nearest free mass of its category.
//
// Throws bad_input for a mask whose size is not the image's, and under distance for an image with
// masses whose pixel spacing is not known; usage for an assignment that is not
// known, or is "coco" without an overlap. Image ids must be known to `truth`.
std::vector<Match> match(const Truth& truth, const std::vector<Detection>& detections,
                         const MatchingOptions& options);

}  // namespace mammograft
