#include "detect/place_score.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/rng.h"
#include "core/testing.h"

namespace mammograft {
namespace {

// False positives crowd in the upper fifth of oblique views, with scores as high as those of hits.
std::vector<PlacedMark> marks_with_nodes(int count) {
  Rng rng(4);
  std::vector<PlacedMark> marks;
  for (int i = 0; i < count; ++i) {
    const bool positive = rng.uniform(0, 1) < 0.25, oblique = i % 2 == 0;
    const double v = !positive && oblique ? rng.uniform(0, 0.2) : rng.uniform(0, 1);
    marks.push_back(
        {rng.uniform(0.2, 0.9), {rng.uniform(0, 1), v}, oblique ? "MLO" : "CC", positive});
  }
  return marks;
}

TEST(PlaceScore, LearnsWhereFalsePositivesLie) {
  const PlaceFit place = fit_place(marks_with_nodes(2000));
  const BreastPoint axilla{0.3, 0.1}, middle{0.3, 0.6};
  EXPECT_LT(place.at(0.7, axilla, "MLO"), 0.3 * place.at(0.7, middle, "MLO"));
  EXPECT_GT(place.at(0.7, axilla, "CC"), 0.7 * place.at(0.7, middle, "CC"));
}

TEST(PlaceScore, RisesWithTheScoreAtEveryPlace) {
  std::vector<PlacedMark> marks = marks_with_nodes(400);
  for (PlacedMark& mark : marks) mark.score *= mark.positive ? 1 : 0.7;
  const PlaceFit place = fit_place(marks);
  double before = 0;
  for (double score : {0.0, 0.01, 0.4, 0.8, 1.0}) {
    const double now = place.at(score, {0.5, 0.5}, "MLO");
    EXPECT_GT(now, before);
    EXPECT_LT(now, 1);
    before = now;
  }
}

TEST(PlaceScore, OfAnUnknownViewLiesBetweenThoseOfBoth) {
  const PlaceFit place = fit_place(marks_with_nodes(2000));
  const BreastPoint axilla{0.3, 0.1};
  const double unknown = place.at(0.7, axilla, "");
  EXPECT_GT(unknown, place.at(0.7, axilla, "MLO"));
  EXPECT_LT(unknown, place.at(0.7, axilla, "CC"));
}

TEST(PlaceScore, ComesBackFromJson) {
  const PlaceFit place = fit_place(marks_with_nodes(100));
  const Json json = to_json(place);
  EXPECT_EQ(to_json(place_fit_from({json, "m"})), json);
  Json broken = json;
  broken["weights"].erase(0);
  EXPECT_ERROR(place_fit_from({broken, "m"}), bad_input, "weights: expected 8 numbers");
}

}  // namespace
}  // namespace mammograft
