#include "evaluate/matching.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/error.h"
#include "evaluate/assignment.h"
#include "evaluate/coco_overlap.h"
#include "evaluate/detection_mask.h"
#include "evaluate/detection_order.h"

namespace mammograft {
namespace {

// Masks of one image, made only when the rule asks for them.
class ImageMasks {
 public:
  ImageMasks(const Truth& truth, int image) : truth_(truth), image_(*truth.images[image]) {}

  const Rle& mass(int index) { return cached(masses_, index, *truth_.masses[index].annotation); }
  const Rle& ignored(int place, const Annotation& region) {
    return cached(ignored_, place, region);
  }

  Rle of(const Detection& detection) const { return detection_mask(detection, image_); }

 private:
  const Rle& cached(std::map<int, Rle>& store, int key, const Annotation& annotation) {
    auto found = store.find(key);
    if (found == store.end()) {
      found = store.emplace(key, annotation_mask(annotation, image_)).first;
    }
    return found->second;
  }

  const Truth& truth_;
  const ImageRecord& image_;
  std::map<int, Rle> masses_, ignored_;
};

// Matches the detections of one image.
class ImageMatcher {
 public:
  ImageMatcher(const Truth& truth, int image, const MatchingOptions& options)
      : truth_(truth),
        image_(image),
        options_(options),
        rule_(hit_rule_from(options.rule)),
        masks_(truth, image),
        coco_(options.assignment == "coco") {}

  // `indices` into `detections`, all of this image.
  void run(const std::vector<Detection>& detections, std::vector<size_t> indices,
           std::vector<Match>& out) {
    if (coco_) return run_coco(detections, std::move(indices), out);
    Overlaps overlaps(indices.size(), masses().size());
    std::vector<double> scores;
    for (size_t row = 0; row < indices.size(); ++row) {
      add_hits(detections[indices[row]], row, overlaps);
      scores.push_back(detections[indices[row]].score);
    }
    const std::vector<Assigned> assigned = assign_greedy(overlaps, scores);
    for (size_t row = 0; row < indices.size(); ++row) {
      const double overlap = assigned[row].region < 0
                                 ? 0
                                 : overlaps.at(row, static_cast<size_t>(assigned[row].region));
      out[indices[row]] = outcome_of(detections[indices[row]], assigned[row], overlap);
    }
  }

 private:
  const std::vector<int>& masses() const { return truth_.masses_of[image_]; }
  const std::vector<const Annotation*>& regions() const { return truth_.ignored_of[image_]; }

  // assign_coco() asks for its threshold itself.
  bool suffices(double overlap) const { return coco_ || overlap > options_.threshold; }

  // How well a detection meets the rule with every mass of the image, the better the larger; -1
  // stays where it does not, or the category differs.
  void add_hits(const Detection& detection, size_t row, Overlaps& overlaps) {
    std::optional<Rle> mask;
    for (size_t k = 0; k < masses().size(); ++k) {
      const int mass = masses()[k];
      if (truth_.masses[mass].annotation->category_id != detection.category_id) continue;
      if (rule_ == HitRule::mask_iou) {
        // Masks may reach beyond their boxes in foreign files, so boxes cannot rule a pair out.
        if (!mask) mask = masks_.of(detection);
        const double overlap = iou(*mask, masks_.mass(mass));
        if (suffices(overlap)) overlaps.at(row, k) = overlap;
      } else {
        overlaps.at(row, k) = box_fit(detection.bbox, mass);
      }
    }
  }

  // The IoU, or how near the centres are, from 0 at the limit to 1; -1 for no hit.
  double box_fit(const Box& box, int mass) {
    const Box& truth = truth_.masses[mass].annotation->bbox;
    if (rule_ == HitRule::distance) return nearness(box, truth);
    const double overlap = iou(box, truth);
    if (rule_ == HitRule::iou) return suffices(overlap) ? overlap : -1;
    const Point centre = box.center();
    const bool hit =
        rule_ == HitRule::centre ? truth.contains(centre) : covers(masks_.mass(mass), centre);
    return hit ? overlap : -1;
  }

  double nearness(const Box& box, const Box& truth) const {
    const ImageRecord& image = *truth_.images[image_];
    if (!image.pixel_spacing_mm) {
      fail(ErrorKind::bad_input, "{}: pixel_spacing_mm: not known, expected for the rule distance",
           image.file_name);
    }
    const Point from = truth.center(), to = box.center();
    const double mm = std::hypot((to.y - from.y) * (*image.pixel_spacing_mm)[0],
                                 (to.x - from.x) * (*image.pixel_spacing_mm)[1]);
    return mm <= options_.distance_mm ? 1 - mm / options_.distance_mm : -1;
  }

  Match outcome_of(const Detection& detection, const Assigned& assigned, double overlap) {
    if (assigned.region >= 0 && !(assigned.duplicate && options_.duplicates_count)) {
      const Outcome outcome = assigned.duplicate ? Outcome::duplicate : Outcome::hit;
      const int mass = masses()[assigned.region];
      // How near the centres are decides the assignment; what is told is the overlap.
      if (rule_ == HitRule::distance)
        overlap = iou(detection.bbox, truth_.masses[mass].annotation->bbox);
      return {outcome, mass, overlap};
    }
    const double share = ignored_share(detection);
    if (share > options_.ignore_threshold) return {Outcome::ignored, -1, share};
    return {};
  }

  // The masses first, then the regions to ignore: COCO's order.
  void run_coco(const std::vector<Detection>& detections, std::vector<size_t> indices,
                std::vector<Match>& out) {
    std::sort(indices.begin(), indices.end(),
              [&](size_t a, size_t b) { return ranks_before(detections[a], detections[b]); });
    const size_t counted = masses().size();
    std::vector<RegionKind> kinds(counted + regions().size(), RegionKind::crowd);
    std::fill_n(kinds.begin(), counted, RegionKind::counted);
    Overlaps overlaps(indices.size(), kinds.size());
    for (size_t row = 0; row < indices.size(); ++row) {
      const Detection& detection = detections[indices[row]];
      add_hits(detection, row, overlaps);
      for (size_t k = 0; k < regions().size(); ++k) {
        if (regions()[k]->category_id != detection.category_id) continue;
        overlaps.at(row, counted + k) = share_in(detection, static_cast<int>(k));
      }
    }
    const std::vector<int> assigned = assign_coco(overlaps, kinds, options_.threshold);
    for (size_t row = 0; row < indices.size(); ++row) {
      if (assigned[row] < 0) continue;  // a false positive, as it was made
      const auto region = static_cast<size_t>(assigned[row]);
      const double overlap = overlaps.at(row, region);
      out[indices[row]] = region < counted ? Match{Outcome::hit, masses()[region], overlap}
                                           : Match{Outcome::ignored, -1, overlap};
    }
  }

  // The largest share of the detection that lies in one region to ignore.
  double ignored_share(const Detection& detection) {
    double largest = 0;
    for (int k = 0; k < static_cast<int>(regions().size()); ++k) {
      largest = std::max(largest, share_in(detection, k));
    }
    return largest;
  }

  double share_in(const Detection& detection, int k) {
    const Annotation& region = *regions()[static_cast<size_t>(k)];
    if (rule_ != HitRule::mask_iou) return coco_overlap(detection.bbox, region.bbox, true);
    return coco_overlap(masks_.of(detection), masks_.ignored(k, region), true);
  }

  const Truth& truth_;
  const int image_;
  const MatchingOptions& options_;
  const HitRule rule_;
  ImageMasks masks_;
  const bool coco_;
};

}  // namespace

void check(const MatchingOptions& options) {
  const HitRule rule = hit_rule_from(options.rule);
  if (options.assignment == "greedy") return;
  if (options.assignment != "coco") {
    fail(ErrorKind::usage, "assignment: found {}, expected greedy or coco", options.assignment);
  }
  if (rule != HitRule::iou && rule != HitRule::mask_iou) {
    fail(ErrorKind::usage, "assignment: found coco with the rule {}, expected iou or mask-iou",
         options.rule);
  }
}

HitRule hit_rule_from(const std::string& name) {
  if (name == "iou") return HitRule::iou;
  if (name == "mask-iou") return HitRule::mask_iou;
  if (name == "centre") return HitRule::centre;
  if (name == "centre-in-mask") return HitRule::centre_in_mask;
  if (name == "distance") return HitRule::distance;
  fail(ErrorKind::usage,
       "rule: found {}, expected iou, mask-iou, centre, centre-in-mask or distance", name);
}

std::string to_string(HitRule rule) {
  switch (rule) {
    case HitRule::iou:
      return "iou";
    case HitRule::mask_iou:
      return "mask-iou";
    case HitRule::centre:
      return "centre";
    case HitRule::centre_in_mask:
      return "centre-in-mask";
    case HitRule::distance:
      return "distance";
  }
  fail(ErrorKind::defect, "a rule without a name");
}

std::string to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::hit:
      return "hit";
    case Outcome::duplicate:
      return "duplicate";
    case Outcome::ignored:
      return "ignored";
    case Outcome::false_positive:
      return "false positive";
  }
  fail(ErrorKind::defect, "an outcome without a name");
}

Truth index_truth(const Cohort& cohort) {
  Truth truth;
  for (const ImageRecord& image : cohort.images) {
    truth.index_of[image.id] = static_cast<int>(truth.images.size());
    truth.images.push_back(&image);
  }
  truth.masses_of.resize(truth.images.size());
  truth.ignored_of.resize(truth.images.size());
  for (const Annotation& annotation : cohort.annotations) {
    const int image = truth.index_of.at(annotation.image_id);
    if (annotation.ignore) {
      truth.ignored_of[image].push_back(&annotation);
    } else {
      truth.masses_of[image].push_back(static_cast<int>(truth.masses.size()));
      truth.masses.push_back({&annotation, image});
    }
  }
  return truth;
}

std::vector<Match> match(const Truth& truth, const std::vector<Detection>& detections,
                         const MatchingOptions& options) {
  check(options);
  std::vector<std::vector<size_t>> of_image(truth.images.size());
  for (size_t i = 0; i < detections.size(); ++i) {
    of_image[truth.index_of.at(detections[i].image_id)].push_back(i);
  }
  std::vector<Match> matches(detections.size());
  for (int image = 0; image < static_cast<int>(truth.images.size()); ++image) {
    if (of_image[image].empty()) continue;
    ImageMatcher(truth, image, options).run(detections, std::move(of_image[image]), matches);
  }
  return matches;
}

}  // namespace mammograft
