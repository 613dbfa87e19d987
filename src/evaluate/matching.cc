#include "evaluate/matching.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/error.h"

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

  Rle of(const Detection& detection) const {
    if (!detection.mask) return box_mask(detection.bbox);
    if (detection.mask->height != image_.height || detection.mask->width != image_.width) {
      fail(
          ErrorKind::bad_input,
          "detections: image_id {}: segmentation: found a mask of {} x {} pixels, expected {} x {}",
          detection.image_id, detection.mask->width, detection.mask->height, image_.width,
          image_.height);
    }
    return *detection.mask;
  }

 private:
  Rle box_mask(const Box& box) const {
    return rasterize(
        Polygon{{box.x0, box.y0}, {box.x1, box.y0}, {box.x1, box.y1}, {box.x0, box.y1}},
        image_.height, image_.width);
  }
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

// |a and b| from the IoU: I = iou (A + B) / (1 + iou).
double common_area(const Rle& a, const Rle& b) {
  const double overlap = iou(a, b);
  return overlap * static_cast<double>(area(a) + area(b)) / (1 + overlap);
}

bool touches(const Box& a, const Box& b) { return !intersection(a, b).empty(); }

// Matches the detections of one image.
class ImageMatcher {
 public:
  ImageMatcher(const Truth& truth, int image, const MatchingOptions& options)
      : truth_(truth),
        image_(image),
        options_(options),
        rule_(hit_rule_from(options.rule)),
        masks_(truth, image),
        found_(truth.masses_of[image].size(), false) {}

  // `indices` into `detections`, all of this image.
  void run(const std::vector<Detection>& detections, std::vector<size_t> indices,
           std::vector<Match>& out) {
    std::map<size_t, std::vector<double>> overlaps;
    std::map<size_t, double> best;
    for (size_t index : indices) {
      overlaps[index] = hits(detections[index]);
      best[index] = overlaps[index].empty()
                        ? -1
                        : *std::max_element(overlaps[index].begin(), overlaps[index].end());
    }
    std::stable_sort(indices.begin(), indices.end(), [&](size_t a, size_t b) {
      if (detections[a].score != detections[b].score) {
        return detections[a].score > detections[b].score;
      }
      return best[a] > best[b];
    });
    for (size_t index : indices) out[index] = assign(detections[index], overlaps[index]);
  }

 private:
  // Overlap with every mass of the image; -1 where the rule is not met or the category differs.
  std::vector<double> hits(const Detection& detection) {
    const auto& masses = truth_.masses_of[image_];
    std::vector<double> overlaps(masses.size(), -1);
    std::optional<Rle> mask;
    for (size_t k = 0; k < masses.size(); ++k) {
      const Annotation& mass = *truth_.masses[masses[k]].annotation;
      if (mass.category_id != detection.category_id) continue;
      if (rule_ == HitRule::mask_iou) {
        // Masks may reach beyond their boxes in foreign files, so boxes cannot rule a pair out.
        if (!mask) mask = masks_.of(detection);
        const double overlap = iou(*mask, masks_.mass(masses[k]));
        if (overlap > options_.threshold) overlaps[k] = overlap;
      } else {
        const double overlap = iou(detection.bbox, mass.bbox);
        const bool hit = rule_ == HitRule::centre ? mass.bbox.contains(detection.bbox.center())
                                                  : overlap > options_.threshold;
        if (hit) overlaps[k] = overlap;
      }
    }
    return overlaps;
  }

  Match assign(const Detection& detection, const std::vector<double>& overlaps) {
    int free = -1, taken = -1;
    for (int k = 0; k < static_cast<int>(overlaps.size()); ++k) {
      if (overlaps[k] < 0) continue;
      int& best = found_[k] ? taken : free;
      if (best < 0 || overlaps[k] > overlaps[best]) best = k;
    }
    const auto& masses = truth_.masses_of[image_];
    if (free >= 0) {
      found_[free] = true;
      return {Outcome::hit, masses[free], overlaps[free]};
    }
    if (taken >= 0 && !options_.duplicates_count) {
      return {Outcome::duplicate, masses[taken], overlaps[taken]};
    }
    const double share = ignored_share(detection);
    if (share > options_.ignore_threshold) return {Outcome::ignored, -1, share};
    return {};
  }

  // The largest share of the detection that lies in one region to ignore.
  double ignored_share(const Detection& detection) {
    double largest = 0;
    const auto& regions = truth_.ignored_of[image_];
    for (int k = 0; k < static_cast<int>(regions.size()); ++k) {
      const Annotation& region = *regions[k];
      double common = 0, whole = 0;
      if (rule_ == HitRule::mask_iou) {
        const Rle mask = masks_.of(detection);
        common = common_area(mask, masks_.ignored(k, region));
        whole = static_cast<double>(area(mask));
      } else if (touches(detection.bbox, region.bbox)) {
        common = intersection(detection.bbox, region.bbox).area();
        whole = detection.bbox.area();
      }
      if (whole > 0) largest = std::max(largest, common / whole);
    }
    return largest;
  }

  const Truth& truth_;
  const int image_;
  const MatchingOptions& options_;
  const HitRule rule_;
  ImageMasks masks_;
  std::vector<bool> found_;  // of the masses of this image
};

}  // namespace

HitRule hit_rule_from(const std::string& name) {
  if (name == "iou") return HitRule::iou;
  if (name == "mask-iou") return HitRule::mask_iou;
  if (name == "centre") return HitRule::centre;
  fail(ErrorKind::usage, "rule: found {}, expected iou, mask-iou or centre", name);
}

std::string to_string(HitRule rule) {
  if (rule == HitRule::iou) return "iou";
  return rule == HitRule::mask_iou ? "mask-iou" : "centre";
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
