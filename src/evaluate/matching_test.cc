#include "evaluate/matching.h"

#include <gtest/gtest.h>

#include "core/testing.h"

namespace mammograft {
namespace {

ImageRecord image(int64_t id, const std::string& patient = "p/1") {
  ImageRecord record;
  record.id = id;
  record.file_name = std::to_string(id) + ".png";
  record.width = 200;
  record.height = 100;
  record.patient_id = patient;
  return record;
}

Annotation mass(int64_t id, int64_t image_id, Box box, bool ignore = false, int64_t category = 1) {
  Annotation annotation;
  annotation.id = id;
  annotation.image_id = image_id;
  annotation.category_id = category;
  annotation.bbox = box;
  annotation.ignore = ignore;
  return annotation;
}

Detection found(int64_t image_id, Box box, double score, int64_t category = 1) {
  return {image_id, category, box, score, std::nullopt, ""};
}

Cohort cohort_of(std::vector<Annotation> annotations) {
  Cohort cohort;
  cohort.categories = {{1, "mass"}, {2, "other"}};
  cohort.images = {image(1), image(2)};
  cohort.annotations = std::move(annotations);
  return cohort;
}

std::vector<Outcome> outcomes(const Cohort& cohort, const std::vector<Detection>& detections,
                              const MatchingOptions& options = {}) {
  std::vector<Outcome> result;
  for (const Match& match : match(index_truth(cohort), detections, options)) {
    result.push_back(match.outcome);
  }
  return result;
}

constexpr auto kHit = Outcome::hit;
constexpr auto kAlarm = Outcome::false_positive;

TEST(Matching, AHitOverlapsByStrictlyMore) {
  const Cohort cohort = cohort_of({mass(1, 1, {0, 0, 10, 20})});
  // Half of the mass, inside it: IoU is 0.5 exactly.
  EXPECT_EQ(outcomes(cohort, {found(1, {0, 0, 10, 10}, 0.9)})[0], kAlarm);
  EXPECT_EQ(outcomes(cohort, {found(1, {0, 0, 10, 10.1}, 0.9)})[0], kHit);
  MatchingOptions lower;
  lower.threshold = 0.4;
  EXPECT_EQ(outcomes(cohort, {found(1, {0, 0, 10, 10}, 0.9)}, lower)[0], kHit);
}

TEST(Matching, CentreNeedsOnlyTheCentre) {
  const Cohort cohort = cohort_of({mass(1, 1, {0, 0, 10, 10})});
  MatchingOptions centre;
  centre.rule = "centre";
  EXPECT_EQ(outcomes(cohort, {found(1, {4, 4, 6, 6}, 0.9)}, centre)[0], kHit);
  EXPECT_EQ(outcomes(cohort, {found(1, {0, 0, 19.9, 10}, 0.9)}, centre)[0], kHit);
  EXPECT_EQ(outcomes(cohort, {found(1, {0, 0, 20, 10}, 0.9)}, centre)[0], kAlarm)
      << "boxes are half-open";
}

TEST(Matching, MasksCountUnderMaskIouOnly) {
  Annotation left = mass(1, 1, {0, 0, 20, 20});
  left.segmentation = std::vector<Polygon>{{{0, 0}, {10, 0}, {10, 20}, {0, 20}}};
  const Cohort cohort = cohort_of({left});
  Detection same = found(1, {0, 0, 20, 20}, 0.9);
  same.mask = rasterize(Polygon{{0, 0}, {10, 0}, {10, 20}, {0, 20}}, 100, 200);
  Detection other = same;
  other.mask = rasterize(Polygon{{10, 0}, {20, 0}, {20, 20}, {10, 20}}, 100, 200);
  MatchingOptions masks;
  masks.rule = "mask-iou";
  EXPECT_EQ(outcomes(cohort, {same}, masks)[0], kHit);
  EXPECT_EQ(outcomes(cohort, {other}, masks)[0], kAlarm);
  EXPECT_EQ(outcomes(cohort, {other})[0], kHit) << "the boxes agree";
  other.mask->width = 100;
  EXPECT_THROW(outcomes(cohort, {other}, masks), Error);
}

TEST(Matching, FurtherHitsCountNeitherWayUnlessAsked) {
  const Cohort cohort = cohort_of({mass(1, 1, {0, 0, 10, 10})});
  const std::vector<Detection> detections = {found(1, {0, 0, 10, 9}, 0.3),
                                             found(1, {0, 0, 10, 10}, 0.8)};
  EXPECT_EQ(outcomes(cohort, detections), (std::vector<Outcome>{Outcome::duplicate, kHit}));
  MatchingOptions count;
  count.duplicates_count = true;
  EXPECT_EQ(outcomes(cohort, detections, count), (std::vector<Outcome>{kAlarm, kHit}));
}

TEST(Matching, GoesToTheFreeMassWithTheLargestOverlap) {
  const Cohort cohort = cohort_of({mass(1, 1, {0, 0, 10, 10}), mass(2, 1, {2, 0, 12, 10})});
  const Truth truth = index_truth(cohort);
  // Both detections overlap more with mass 2; the second takes what is left.
  const auto matches =
      match(truth, {found(1, {2, 0, 12, 10}, 0.9), found(1, {1.5, 0, 11.5, 10}, 0.8)}, {});
  EXPECT_EQ(matches[0].mass, 1);
  EXPECT_DOUBLE_EQ(matches[0].overlap, 1);
  EXPECT_EQ(matches[1].mass, 0);
  EXPECT_EQ(matches[1].outcome, kHit);
  // Order of the file does not matter, that of the scores does.
  const auto swapped =
      match(truth, {found(1, {1.5, 0, 11.5, 10}, 0.8), found(1, {2, 0, 12, 10}, 0.9)}, {});
  EXPECT_EQ(swapped[0].mass, 0);
  EXPECT_EQ(swapped[1].mass, 1);
  // Nor does it among equal scores: the better overlap goes first.
  const auto tied =
      match(truth, {found(1, {1.5, 0, 11.5, 10}, 0.8), found(1, {2, 0, 12, 10}, 0.8)}, {});
  EXPECT_EQ(tied[0].mass, 0);
  EXPECT_EQ(tied[1].mass, 1);
}

TEST(Matching, RegionsToIgnoreSwallowFalseAlarmsOnly) {
  const Cohort cohort = cohort_of({mass(1, 1, {0, 0, 50, 50}, true), mass(2, 1, {10, 10, 20, 20})});
  const std::vector<Detection> detections = {
      found(1, {30, 30, 40, 40}, 0.9),   // all of it inside: IoU is tiny, the share is 1
      found(1, {45, 0, 55, 10}, 0.9),    // half of it: not more than half
      found(1, {44, 0, 54, 10}, 0.9),    // six tenths
      found(1, {10, 10, 20, 20}, 0.5),   // a mass inside the region is still found
      found(2, {30, 30, 40, 40}, 0.9)};  // another image
  EXPECT_EQ(outcomes(cohort, detections),
            (std::vector<Outcome>{Outcome::ignored, kAlarm, Outcome::ignored, kHit, kAlarm}));
  MatchingOptions masks;
  masks.rule = "mask-iou";
  EXPECT_EQ(outcomes(cohort, detections, masks),
            (std::vector<Outcome>{Outcome::ignored, kAlarm, Outcome::ignored, kHit, kAlarm}));
}

TEST(Matching, CategoriesDoNotMix) {
  const Cohort cohort = cohort_of({mass(1, 1, {0, 0, 10, 10}, false, 2)});
  EXPECT_EQ(outcomes(cohort, {found(1, {0, 0, 10, 10}, 0.9, 1)})[0], kAlarm);
  EXPECT_EQ(outcomes(cohort, {found(1, {0, 0, 10, 10}, 0.9, 2)})[0], kHit);
}

MatchingOptions as_coco(const std::string& rule = "iou") {
  MatchingOptions options;
  options.assignment = "coco";
  options.rule = rule;
  return options;
}

TEST(Matching, AsCocoAssigns) {
  const Cohort cohort = cohort_of({mass(1, 1, {0, 0, 10, 10}), mass(2, 1, {4, 0, 14, 10})});
  const Truth truth = index_truth(cohort);
  for (const std::string rule : {"iou", "mask-iou"}) {
    // Half of a mass: the threshold itself suffices.
    EXPECT_EQ(outcomes(cohort, {found(1, {0, 0, 5, 10}, 0.9)}, as_coco(rule))[0], kHit);
    // Of two masses that it overlaps alike it gets the later one; a further hit is an alarm.
    const auto matches = match(truth,
                               {found(1, {0, 0, 10, 10}, 0.2), found(1, {2, 0, 12, 10}, 0.9),
                                found(1, {0, 0, 10, 9}, 0.1)},
                               as_coco(rule));
    EXPECT_EQ(matches[1].mass, 1);
    EXPECT_NEAR(matches[1].overlap, 80. / 120, 1e-12);
    EXPECT_EQ(matches[0].mass, 0);
    EXPECT_EQ(matches[2].outcome, kAlarm);
    EXPECT_EQ(matches[2].mass, -1);
  }
}

TEST(Matching, AsCocoEqualScoresChooseByTheirBoxes) {
  const Cohort cohort = cohort_of({mass(1, 1, {2, 0, 12, 10})});
  const Detection worse = found(1, {1, 0, 11, 10}, 0.5), better = found(1, {2, 0, 12, 10}, 0.5);
  EXPECT_EQ(outcomes(cohort, {better, worse}, as_coco()), (std::vector<Outcome>{kAlarm, kHit}));
  EXPECT_EQ(outcomes(cohort, {worse, better}, as_coco()), (std::vector<Outcome>{kHit, kAlarm}));
}

TEST(Matching, AsCocoRegionsToIgnoreAreOfTheirCategoryAndTakeFurtherHits) {
  const Cohort cohort = cohort_of({mass(1, 1, {0, 0, 50, 50}, true), mass(2, 1, {10, 10, 20, 20}),
                                   mass(3, 1, {60, 60, 70, 70}, false, 2)});
  const std::vector<Detection> detections = {
      found(1, {30, 30, 40, 40}, 0.9, 2),  // of another category
      found(1, {45, 0, 55, 10}, 0.9),      // half of it suffices
      found(1, {46, 0, 56, 10}, 0.9),      // four tenths do not
      found(1, {10, 10, 20, 20}, 0.5),     // a mass comes first
      found(1, {10, 10, 20, 20}, 0.4)};    // found before, but in the region
  for (const std::string rule : {"iou", "mask-iou"}) {
    EXPECT_EQ(outcomes(cohort, detections, as_coco(rule)),
              (std::vector<Outcome>{kAlarm, Outcome::ignored, kAlarm, kHit, Outcome::ignored}));
  }
}

TEST(Matching, RefusesAnAssignmentThatItDoesNotKnow) {
  const Cohort cohort = cohort_of({});
  MatchingOptions options;
  options.assignment = "hungarian";
  EXPECT_ERROR(outcomes(cohort, {}, options), usage, "found hungarian, expected greedy or coco");
  EXPECT_ERROR(outcomes(cohort, {}, as_coco("centre")), usage, "coco with the rule centre");
}

// A mass like a frame: its box holds the centre, its mask does not.
TEST(Matching, CentreInMaskNeedsTheMassItself) {
  Annotation frame = mass(1, 1, {0, 0, 40, 40});
  frame.segmentation =
      std::vector<Polygon>{{{0, 0}, {40, 0}, {40, 40}, {30, 40}, {30, 10}, {0, 10}}};
  const Cohort cohort = cohort_of({frame});
  MatchingOptions options;
  options.rule = "centre-in-mask";
  EXPECT_EQ(outcomes(cohort, {found(1, {10, 20, 20, 30}, 0.9)}, options)[0], kAlarm);
  EXPECT_EQ(outcomes(cohort, {found(1, {10, 0, 20, 10}, 0.9)}, options)[0], kHit);
  options.rule = "centre";
  EXPECT_EQ(outcomes(cohort, {found(1, {10, 20, 20, 30}, 0.9)}, options)[0], kHit);
  const Cohort unmasked = cohort_of({mass(1, 1, {0, 0, 40, 40})});
  options.rule = "centre-in-mask";
  EXPECT_EQ(outcomes(unmasked, {found(1, {10, 20, 20, 30}, 0.9)}, options)[0], kHit);
}

TEST(Matching, DistanceIsInMillimetres) {
  Cohort cohort = cohort_of({mass(1, 1, {0, 0, 20, 20}), mass(2, 1, {40, 0, 60, 20})});
  MatchingOptions options;
  options.rule = "distance";
  options.distance_mm = 5;
  const std::vector<Detection> there = {found(1, {0, 0, 20, 20}, 0.9)};
  EXPECT_ERROR(outcomes(cohort, there, options), bad_input, "1.png: pixel_spacing_mm: not known");
  cohort.images[0].pixel_spacing_mm = {0.5, 0.25};  // rows, columns
  // 10 px down are 5 mm, 20 px to the right are 5 mm.
  EXPECT_EQ(outcomes(cohort, {found(1, {0, 10, 20, 30}, 0.9)}, options)[0], kHit);
  EXPECT_EQ(outcomes(cohort, {found(1, {0, 11, 20, 31}, 0.9)}, options)[0], kAlarm);
  const auto nearer = match(index_truth(cohort), {found(1, {21, 0, 41, 20}, 0.9)}, options);
  EXPECT_EQ(nearer[0].mass, 1) << "both are near enough";
}

TEST(Matching, NamesTheRulesThatItKnows) {
  for (HitRule rule : {HitRule::iou, HitRule::mask_iou, HitRule::centre, HitRule::centre_in_mask,
                       HitRule::distance}) {
    EXPECT_EQ(hit_rule_from(to_string(rule)), rule);
  }
  EXPECT_THROW(hit_rule_from("dice"), Error);
}

}  // namespace
}  // namespace mammograft
