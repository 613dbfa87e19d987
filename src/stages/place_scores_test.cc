#include "stages/place_scores.h"

#include <gtest/gtest.h>

#include "core/rng.h"
#include "evaluate/evaluate.h"

namespace mammograft {
namespace {

// Patients with an oblique view each: a mass below the middle, which is found, and a node at the
// top, which is found too, with a score as high.
struct Nodes {
  Cohort truth;
  std::vector<NamedDetections> files{1};

  explicit Nodes(int patients, bool breasts_known = true) {
    Rng rng(2);
    truth.categories = {{1, "mass"}};
    files[0].name = "found";
    for (int p = 1; p <= patients; ++p) {
      ImageRecord image;
      image.id = p;
      image.file_name = std::to_string(p);
      image.patient_id = "a/" + std::to_string(p);
      image.view = "MLO";
      image.width = image.height = 100;
      if (breasts_known) image.breast_bbox = Box{0, 0, 60, 100};
      image.acquisition["chest_wall"] = "left";
      truth.images.push_back(image);
      Annotation mass;
      mass.id = mass.image_id = p;
      const double x = rng.uniform(0, 40);
      mass.bbox = {x, 60, x + 10, 70};
      truth.annotations.push_back(mass);
      files[0].detections.push_back({p, 1, mass.bbox, rng.uniform(0.3, 0.9), std::nullopt, ""});
      files[0].detections.push_back(
          {p, 1, {20, 5, 30, 15}, rng.uniform(0.3, 0.9), std::nullopt, ""});
    }
  }
  EvaluateResult scored(const std::vector<NamedDetections>& detections) const {
    EvaluateOptions options;
    options.bootstrap.resamples = options.permutations = 0;
    options.fppi = {0.1};
    return evaluate(truth, detections, options);
  }
};

double tpr_of(const EvaluateResult& result) {
  return result.sets.front().operating_points.front().point.tpr;
}

TEST(PlaceScores, TellMassesFromNodesInPatientsLeftOut) {
  const Nodes nodes(60);
  const EvaluateResult plain = nodes.scored(nodes.files);
  const auto scores = place_scores(plain.sets.front(), nodes.files);
  ASSERT_TRUE(scores.has_value());
  EXPECT_LT(tpr_of(plain), 0.5);
  EXPECT_EQ(tpr_of(nodes.scored(scores->cross_fitted)), 1);
  EXPECT_GT(scores->fit.at(0.5, {0.4, 0.65}, "MLO"), scores->fit.at(0.9, {0.4, 0.1}, "MLO"));
}

// With labels by lot a fit of all patients finds something; of others it must not.
TEST(PlaceScores, OfAPatientComeFromOthers) {
  Nodes nodes(30);
  const EvaluateResult before = nodes.scored(nodes.files);
  const auto scores = place_scores(before.sets.front(), nodes.files);
  // The first patient's mass moves to the top: the score at its place is of a fit without it.
  const auto score_of_first = [&](const Nodes& of) {
    return place_scores(of.scored(of.files).sets.front(), of.files)->cross_fitted[0].detections[0];
  };
  Nodes moved(30);
  moved.truth.annotations[0].bbox = {20, 5, 30, 15};
  EXPECT_EQ(score_of_first(nodes).score, score_of_first(moved).score);
  EXPECT_NE(place_scores(moved.scored(moved.files).sets.front(), moved.files)->fit.fit.offset,
            scores->fit.fit.offset);
}

TEST(PlaceScores, NeedBreastsAndPatients) {
  const Nodes some(20), unknown(20, /*breasts_known=*/false), one(1);
  EXPECT_TRUE(breasts_known(some.scored(some.files).sets.front()));
  EXPECT_FALSE(breasts_known(unknown.scored(unknown.files).sets.front()));
  EXPECT_FALSE(place_scores(one.scored(one.files).sets.front(), one.files).has_value());
}

// The box is nearer to the left side of the image; recorded is the right one.
TEST(PlaceScores, TheRecordedChestWallCounts) {
  Nodes recorded(20), guessed(20), left(20);
  for (ImageRecord& image : recorded.truth.images) image.acquisition["chest_wall"] = "right";
  for (ImageRecord& image : guessed.truth.images) image.acquisition.erase("chest_wall");
  const auto slope = [](const Nodes& of) {
    return place_scores(of.scored(of.files).sets.front(), of.files)->fit.fit.weights;
  };
  EXPECT_EQ(slope(guessed), slope(left));
  EXPECT_NE(slope(recorded), slope(left));
}

}  // namespace
}  // namespace mammograft
