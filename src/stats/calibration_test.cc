#include <gtest/gtest.h>

#include <cmath>

#include "core/testing.h"
#include "stats/isotonic.h"
#include "stats/platt.h"
#include "stats/reliability.h"

namespace mammograft {
namespace {

// Made by tests/golden/stats/make_calibration.py with scikit-learn.
const Json& golden_calibration() {
  static const Json golden =
      read_json(std::string(MAMMOGRAFT_SOURCE_DIR) + "/tests/golden/stats/calibration.json");
  return golden["cases"];
}

std::vector<LabelledScore> labelled(const Json& item) {
  std::vector<LabelledScore> cases;
  for (size_t i = 0; i < item["scores"].size(); ++i)
    cases.push_back({item["scores"][i].get<double>(), item["labels"][i].get<bool>()});
  return cases;
}

TEST(Isotonic, EqualsScikitLearn) {
  for (const Json& item : golden_calibration()) {
    const IsotonicFit fit = fit_isotonic(labelled(item));
    for (size_t i = 0; i < item["probes"].size(); ++i)
      EXPECT_NEAR(fit.at(item["probes"][i].get<double>()), item["isotonic"][i].get<double>(), 1e-9);
  }
}

TEST(Isotonic, RisesAndKnowsNothingOfNothing) {
  const IsotonicFit fit = fit_isotonic({{0.1, true}, {0.2, false}, {0.3, true}, {0.4, false}});
  EXPECT_TRUE(std::is_sorted(fit.values.begin(), fit.values.end()));
  EXPECT_EQ(fit.at(0.25), 0.5);
  EXPECT_TRUE(std::isnan(fit_isotonic({}).at(0.5)));
}

TEST(Platt, EqualsScikitLearn) {
  for (const Json& item : golden_calibration()) {
    const PlattFit fit = fit_platt(labelled(item));
    for (size_t i = 0; i < item["probes"].size(); ++i)
      EXPECT_NEAR(fit.at(item["probes"][i].get<double>()), item["platt"][i].get<double>(), 1e-4);
  }
}

// The gradient of the likelihood is nothing there: sharper than another program's stopping rule.
TEST(Platt, IsTheMinimum) {
  const std::vector<LabelledScore> cases = labelled(golden_calibration()[1]);
  const PlattFit fit = fit_platt(cases);
  double positives = 0;
  for (const LabelledScore& one : cases) positives += one.positive;
  const double negatives = static_cast<double>(cases.size()) - positives;
  double slope = 0, offset = 0;
  for (const LabelledScore& one : cases) {
    const double target = one.positive ? (positives + 1) / (positives + 2) : 1 / (negatives + 2);
    slope += (fit.at(one.score) - target) * one.score;
    offset += fit.at(one.score) - target;
  }
  EXPECT_NEAR(slope, 0, 1e-6);
  EXPECT_NEAR(offset, 0, 1e-6);
}

TEST(Platt, StandsScoresThatSeparate) {
  const PlattFit fit = fit_platt({{0.1, false}, {0.2, false}, {0.8, true}, {0.9, true}});
  EXPECT_GT(fit.at(0.9), 0.7);
  EXPECT_LT(fit.at(0.1), 0.3);
  EXPECT_ERROR(fit_platt({{0.5, true}}), defect, "1 positives and 0 negatives");
  EXPECT_TRUE(std::isfinite(fit_platt({{0.5, true}, {0.5, false}}).at(0.5)));
}

TEST(Reliability, HasScikitLearnsExpectedError) {
  for (const Json& item : golden_calibration()) {
    const Reliability found = reliability_of(labelled(item));
    EXPECT_NEAR(found.expected_error, item["expected_error"].get<double>(), 1e-12);
  }
}

TEST(Reliability, SortsIntoBins) {
  const Reliability found =
      reliability_of({{0.05, false}, {0.1, true}, {0.1, false}, {1.0, true}, {3.0, true}});
  ASSERT_EQ(found.bins.size(), 10u);
  EXPECT_EQ(found.bins[0].count, 1);
  EXPECT_EQ(found.bins[1].count, 2);
  EXPECT_EQ(found.bins[1].share, 0.5);
  EXPECT_EQ(found.bins[9].count, 2);
  EXPECT_TRUE(std::isnan(found.bins[5].share));
  EXPECT_TRUE(std::isnan(reliability_of({}).expected_error));
}

}  // namespace
}  // namespace mammograft
