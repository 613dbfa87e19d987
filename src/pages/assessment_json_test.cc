#include "pages/assessment_json.h"

#include <gtest/gtest.h>

#include "pages/testing.h"

namespace mammograft {
namespace {

TEST(AssessmentJson, HoldsTheSetsWithTheirNumbers) {
  HandMadeAssessment made;
  made.options.dilation_mm = 0.5;
  made.assessment.sets[0].unknown_backgrounds = 4;
  const Json json = assessment_json(made.run(7));
  EXPECT_EQ(json["seed"], 7);
  EXPECT_EQ(json["options"]["dilation_mm"], 0.5);
  EXPECT_EQ(json["real"], Json::parse(R"({"name": "real", "masses": 3, "left_out": 1,
      "contrast": 0.0625,
      "conspicuity": {"mean": 1.125, "median": 1.0, "p5": 0.5, "p95": 2.0},
      "detector_score": {"mean": 0.5, "median": 0.375, "p5": 0.25, "p95": 1.0}, "seam": {"mean": 1.5, "median": 1.25, "p5": 0.5, "p95": 2.0},
      "high_frequency": {"mean": 1.125, "median": 1.0, "p5": 0.75, "p95": 1.75}})"));
  EXPECT_EQ(json["sets"][0], Json::parse(R"({"name": "blend", "masses": 8, "left_out": 0,
      "contrast": 0.03125,
      "conspicuity": {"mean": 1.25, "median": 1.0, "p5": 0.5, "p95": 3.0, "shift": 0.125,
          "shift_low": -0.25, "shift_high": 0.5, "distance": 0.1875},
      "detector_score": {"mean": 0.75, "median": 0.75, "p5": 0.5, "p95": 1.0, "shift": 0.25,
          "shift_low": 0.125, "shift_high": 0.375, "distance": 0.5}, "seam": {"mean": 2.5, "median": 2.25, "p5": 1.5, "p95": 3.0},
      "high_frequency": {"mean": 0.875, "median": 0.5, "p5": 0.25, "p95": 1.5},
      "auc": {"value": 0.625, "low": 0.5, "high": 0.75, "tested": 6, "tested_real": 2,
              "in_two_folds": 2, "seeds": [0.5, 0.75]},
      "appearance_auc": {"all": {"value": 0.75, "low": 0.625, "high": 0.875},
          "inside": {"value": 0.5, "low": 0.375, "high": 0.75},
          "rim": {"value": 0.5625, "low": 0.375, "high": 0.75},
          "body": {"value": 0.6875, "low": 0.375, "high": 0.75},
          "edges": {"value": 0.5, "low": 0.375, "high": 0.75},
          "place": {"value": 0.625, "low": 0.375, "high": 0.75}},
      "contrast_transfer": {"masses": 8, "ratio_of_means": 0.5, "ratio_low": 0.375,
          "ratio_high": 0.625, "median_ratio": 0.25, "slope": 0.75, "slope_low": 0.6875,
          "slope_high": 0.8125, "correlation": 0.875, "invisible_share": 0.125},
      "dilation_mm": 1.5,
      "detail": {"lesion": [0.5, 0.625], "background": [0.375, null], "salient_lesion": [0.75, 0.875],
          "salient_lesion_low": [0.5, 0.75], "salient_lesion_high": [1.0, 1.0],
          "salient_background": [0.25, 0.125], "points": 8, "surviving": 5, "survival": 0.625,
          "survival_low": 0.5, "survival_high": 0.75},
      "background": {"before": 0.001953125, "after": 0.0009765625, "share_changed": 0.00390625,
                     "not_found": 4}})"));
  EXPECT_EQ(json["sets"][1]["name"], "pie");
  EXPECT_EQ(json["differences"][0]["difference"], -0.25);
  EXPECT_EQ(json["folds"], Json::parse(R"({"count": 2, "fold_of": {"p/1": 0, "p/2": 1}})"));
}

TEST(AssessmentJson, WhatIsNotKnownIsNull) {
  HandMadeAssessment made;
  made.assessment.sets[0].auc.interval = {kUnknown, kUnknown};
  made.assessment.sets[0].transfer.slope = kUnknown;
  const Json set = assessment_json(made.run())["sets"][0];
  EXPECT_TRUE(set["auc"]["low"].is_null());
  EXPECT_TRUE(set["contrast_transfer"]["slope"].is_null());
}

}  // namespace
}  // namespace mammograft
