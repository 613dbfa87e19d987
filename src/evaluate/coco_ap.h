// COCO's average precision and recall, of boxes or of masks. Lin et al., "Microsoft COCO: Common
// Objects in Context", ECCV 2014; the rules in detail are those of the COCO API, and the numbers
// are those of pycocotools' COCOeval.
//
// Within each category and image the `max_detections` best detections choose their regions by
// assign_coco() at each of ten thresholds on the overlap (coco_overlap.h). Regions to ignore are
// COCO's crowds, and belong to their category alone. A detection that falls into one counts neither
// way. All detections of a category are then sorted by score for precision and recall
// (precision_recall.h).
//
// The order of the input has no say. Equal scores: the smaller image id first, as in COCO; on one
// image ranks_before(), where COCO takes the order of the file. Regions that a detection overlaps
// alike are tried in the order of their ids, where COCO takes that of the file.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "evaluate/matching.h"
#include "evaluate/precision_recall.h"

namespace mammograft {

constexpr size_t kCocoThresholds = 10;  // IoU 0.5, 0.55, ..., 0.95
std::array<double, kCocoThresholds> coco_thresholds();

// Sizes in pixels: below 32^2, up to 96^2, above; borders belong to both sides. COCO's sizes are
// those of photographs and say little of a mammogram; they are here for comparison.
enum class CocoArea { all, small, medium, large };
constexpr size_t kCocoAreas = 4;

struct CocoApOptions {
  bool masks = false;        // of masks, else of boxes; without a mask the filled box counts
  int max_detections = 100;  // of an image and category
  // Also for masses of COCO's three sizes. That of a mass is its mask's, that of a detection its
  // box's, as pycocotools' loadRes() has it of results with boxes. Masses of other sizes count
  // neither way, and neither do detections of other sizes that hit nothing.
  bool by_area = false;
  int threads = 0;  // 0: all
};

// NaN without a mass.
struct CocoFigures {
  int masses = 0;
  std::array<double, kCocoThresholds> precision, recall;  // average precision; highest recall
  double ap() const;                                      // IoU .5:.95
  double ap50() const { return precision[0]; }
  double ap75() const { return precision[5]; }
  double ar() const;  // IoU .5:.95, COCO's AR at max_detections
};

struct CocoCategory {
  int64_t category_id = 0;
  std::vector<CocoFigures> areas;  // [CocoArea]; the first alone unless by_area
};

struct CocoAp {
  std::vector<CocoFigures> areas;        // means over the categories that have a mass of that area
  std::vector<CocoCategory> categories;  // those that have a mass, by id
};

// What became of a detection at one threshold, under CocoArea::all.
struct CocoEvent {
  size_t detection = 0;  // index in the detections
  int image = 0;         // index in Truth::images
  double score = 0;
  Outcome outcome = Outcome::false_positive;  // hit, ignored or false_positive
};

// Matched once, read at every threshold. Truth and detections must outlive it.
class CocoMatching {
 public:
  // Image ids must be known to `truth`, scores are not NaN. Throws bad_input for a mask whose size
  // is not the image's, usage for max_detections < 1.
  CocoMatching(const Truth& truth, const std::vector<Detection>& detections,
               const CocoApOptions& options = {});

  CocoAp figures() const;

  // By falling score, ties as above. `threshold`: index in coco_thresholds(). Without a category
  // those of all that have a mass, matched within their categories and pooled. What exceeds
  // max_detections is left out.
  std::vector<CocoEvent> events(size_t threshold, std::optional<int64_t> category = {}) const;

  // The curve of these events, for resampling by patient. `patient_of_image`: [Truth::images],
  // indices below `patients`. value() is the precision in figures() where there is one category.
  PrecisionRecall curve(size_t threshold, const std::vector<int>& patient_of_image, int patients,
                        std::optional<int64_t> category = {}) const;

 private:
  struct Verdicts {  // bit t: at threshold t
    uint16_t hit = 0, ignored = 0;
  };
  // A detection that counts.
  struct Slot {
    size_t detection = 0;
    int image = 0;
    int category = -1;  // index in categories_; -1: not among the best of its image, or no mass
    double score = 0;
    std::array<Verdicts, kCocoAreas> verdicts;  // [CocoArea]
  };
  class ImageCell;

  size_t place_of(int64_t image_id) const;  // in images_by_id_
  void group_by_image();
  void match_image(size_t place);
  void rank();
  int category_index(int64_t id) const;  // -1: unknown
  size_t area_count() const { return options_.by_area ? kCocoAreas : 1; }
  std::vector<CocoCategory> empty_categories() const;
  std::vector<RecallEvent> events_of(int category, size_t area, size_t threshold) const;

  const Truth& truth_;
  const std::vector<Detection>& detections_;
  CocoApOptions options_;
  std::vector<int64_t> categories_;  // ids, ascending
  std::vector<double> mass_area_;    // [Truth::masses]; only by_area
  std::vector<int> images_by_id_;    // [place] -> index in Truth::images
  std::vector<size_t> first_slot_;   // [place], and the end
  std::vector<Slot> slots_;          // by image id; once ranked: by category, then by rank
};

CocoAp coco_ap(const Truth& truth, const std::vector<Detection>& detections,
               const CocoApOptions& options = {});

}  // namespace mammograft
