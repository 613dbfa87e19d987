#include "evaluate/delong_auc.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/json.h"

namespace mammograft {
namespace {

const Json& golden_delong() {
  static const Json golden =
      read_json(std::string(MAMMOGRAFT_SOURCE_DIR) + "/tests/golden/stats/stats.json");
  return golden.at("delong").at(0);
}

// A patient an image: the golden negatives, then the positives, as reader `r` scored them.
Reading reading_of(size_t r) {
  Reading reading;
  for (const char* kind : {"negatives", "positives"}) {
    for (const Json& score : golden_delong()[kind][r]) {
      const int image = reading.patients++;
      reading.images.push_back({image, image, -1, kind[0] == 'p', true});
      reading.marks.push_back({score.get<double>(), image, -1});
    }
  }
  return reading;
}

// AUCs by scikit-learn, covariances by the definition (tests/golden/stats/make_stats.py).
TEST(DelongAuc, IsThatOfTheGoldenScores) {
  const Json& golden = golden_delong();
  const double auc = golden["auc"][0].get<double>();
  const double deviation = std::sqrt(golden["covariance"][0][0].get<double>());
  const Interval interval = delong_interval(reading_of(0), 0.95);
  EXPECT_NEAR(interval.low, auc - 1.959963984540054 * deviation, 1e-9);
  EXPECT_NEAR(interval.high, std::min(1.0, auc + 1.959963984540054 * deviation), 1e-9);
}

TEST(DelongAuc, TestsTheDifferenceOfPairedScores) {
  const Json &auc = golden_delong()["auc"], &covariance = golden_delong()["covariance"];
  const double variance = covariance[0][0].get<double>() + covariance[1][1].get<double>() -
                          2 * covariance[0][1].get<double>();
  const double z = (auc[0].get<double>() - auc[1].get<double>()) / std::sqrt(variance);
  EXPECT_NEAR(delong_p(reading_of(0), reading_of(1)), std::erfc(std::abs(z) / std::sqrt(2.0)),
              1e-9);
  EXPECT_TRUE(std::isnan(delong_p(reading_of(0), reading_of(0))));
}

TEST(DelongAuc, KnowsNothingOfOneKind) {
  Reading reading = reading_of(0);
  for (Reading::Image& image : reading.images) image.positive = true;
  EXPECT_TRUE(std::isnan(delong_interval(reading, 0.95).low));
}

}  // namespace
}  // namespace mammograft
