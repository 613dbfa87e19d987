#include "evaluate/tpr_intervals.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "core/error.h"
#include "core/rng.h"

namespace mammograft {
namespace {

// Patients of two images, each with a mass that is found (with a random score) with `chance`, and
// with `alarms` false positives.
FrocData random_data(Rng& rng, int patients, double chance, int alarms) {
  FrocData data;
  data.images_of_patient.assign(patients, 2);
  for (int p = 0; p < patients; ++p) {
    data.patient_of_mass.push_back(p);
    if (rng.chance(chance)) data.events.push_back({0.3 + 0.7 * rng.uniform(), p, p});
    for (int f = 0; f < alarms; ++f) data.events.push_back({rng.uniform(), p, -1});
  }
  std::sort(data.events.begin(), data.events.end(),
            [](const FrocEvent& a, const FrocEvent& b) { return a.score > b.score; });
  return data;
}

TEST(TprIntervals, SameSeedSameIntervals) {
  Rng rng(1);
  const FrocData data = random_data(rng, 40, 0.7, 3);
  BootstrapOptions options;
  options.resamples = 300;
  const auto a = bootstrap_tpr(data, {0.5, 1}, {}, options);
  const auto b = bootstrap_tpr(data, {0.5, 1}, {}, options);
  options.seed = 2;
  const auto c = bootstrap_tpr(data, {0.5, 1}, {}, options);
  EXPECT_EQ(a.tpr[0].low, b.tpr[0].low);
  EXPECT_EQ(a.tpr[1].high, b.tpr[1].high);
  EXPECT_TRUE(a.tpr[0].low != c.tpr[0].low || a.tpr[1].low != c.tpr[1].low ||
              a.tpr[0].high != c.tpr[0].high || a.tpr[1].high != c.tpr[1].high);
}

// With one patient every resample is the sample: the interval shrinks to the curve itself, by the
// same rule for ties and limits as point_at().
TEST(TprIntervals, OfOnePatientIsTheCurve) {
  Rng rng(3);
  FrocData data;
  data.images_of_patient = {10};
  for (int m = 0; m < 12; ++m) {
    data.patient_of_mass.push_back(0);
    data.events.push_back({rng.integer(6) / 6.0, 0, m});
  }
  for (int f = 0; f < 30; ++f) data.events.push_back({rng.integer(6) / 6.0, 0, -1});
  std::sort(data.events.begin(), data.events.end(),
            [](const FrocEvent& a, const FrocEvent& b) { return a.score > b.score; });
  const Froc froc = make_froc(data);
  const std::vector<double> fppi = {0, 0.1, 0.5, 0.9, 1, 2, 3, 5};
  BootstrapOptions options;
  options.resamples = 5;
  MassGroup half(12, 0);
  std::fill(half.begin(), half.begin() + 6, 1);
  const auto result = bootstrap_tpr(data, fppi, {half}, options);
  for (size_t x = 0; x < fppi.size(); ++x) {
    EXPECT_DOUBLE_EQ(result.tpr[x].low, tpr_at(froc, fppi[x])) << fppi[x];
    EXPECT_DOUBLE_EQ(result.tpr[x].high, tpr_at(froc, fppi[x])) << fppi[x];
    const auto found = found_at(data, point_at(froc, fppi[x]).threshold);
    const double expected = std::count(found.begin(), found.begin() + 6, 1) / 6.0;
    EXPECT_DOUBLE_EQ(result.group_tpr[0][x].low, expected) << fppi[x];
  }
}

// Without false positives the TPR is a share of patients, whose interval is known.
TEST(TprIntervals, HasTheWidthOfABinomialShare) {
  FrocData data;
  data.images_of_patient.assign(200, 1);
  for (int p = 0; p < 200; ++p) {
    data.patient_of_mass.push_back(p);
    if (p < 140) data.events.push_back({1 - p / 1000.0, p, p});
  }
  const auto result = bootstrap_tpr(data, {1}, {}, {});
  const double half = 1.96 * std::sqrt(0.7 * 0.3 / 200);
  EXPECT_NEAR(result.tpr[0].low, 0.7 - half, 0.012);
  EXPECT_NEAR(result.tpr[0].high, 0.7 + half, 0.012);
}

TEST(TprIntervals, CoversTheTruth) {
  Rng rng(11);
  BootstrapOptions options;
  options.resamples = 200;
  int covered = 0;
  constexpr int kTrials = 200;
  for (int trial = 0; trial < kTrials; ++trial) {
    const FrocData data = random_data(rng, 60, 0.7, 0);
    const Interval interval = bootstrap_tpr(data, {1}, {}, options).tpr[0];
    covered += interval.low <= 0.7 && 0.7 <= interval.high;
  }
  EXPECT_GE(covered, 0.89 * kTrials);
  EXPECT_LT(covered, kTrials);
}

// Two masses that stand and fall together tell no more than one: a patient is drawn as a whole.
TEST(TprIntervals, KeepsPatientsTogether) {
  FrocData single, twice;
  for (int p = 0; p < 50; ++p) {
    for (FrocData* data : {&single, &twice}) data->images_of_patient.push_back(2);
    for (int copy = 0; copy < 2; ++copy) {
      FrocData* only = copy == 0 ? &single : nullptr;
      for (FrocData* data : {only, &twice}) {
        if (data == nullptr) continue;
        data->patient_of_mass.push_back(p);
        if (p % 2) data->events.push_back({0.5, p, data->masses() - 1});
      }
    }
  }
  const auto a = bootstrap_tpr(single, {1}, {}, {}), b = bootstrap_tpr(twice, {1}, {}, {});
  EXPECT_DOUBLE_EQ(a.tpr[0].low, b.tpr[0].low);
  EXPECT_DOUBLE_EQ(a.tpr[0].high, b.tpr[0].high);
}

TEST(TprIntervals, RefusesBadOptionsAndKnowsNothingOfNothing) {
  FrocData empty;
  EXPECT_TRUE(std::isnan(bootstrap_tpr(empty, {1}, {}, {}).tpr[0].low));
  EXPECT_THROW(bootstrap_tpr(empty, {1}, {}, {-1, 0.95, 1}), Error);
  EXPECT_THROW(bootstrap_tpr(empty, {1}, {}, {10, 1.0, 1}), Error);
}

TEST(TprIntervals, OfFiveHundredPatientsTakesUnderTwoSeconds) {
  Rng rng(5);
  const FrocData data = random_data(rng, 500, 0.8, 400);  // four images of 100 detections
  std::vector<double> fppi;
  for (int i = 0; i <= 120; ++i) fppi.push_back(0.01 * std::pow(1000.0, i / 120.0));
  const auto start = std::chrono::steady_clock::now();
  bootstrap_tpr(data, fppi, {}, {});
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  RecordProperty("seconds", std::to_string(took.count()));
  EXPECT_LT(took.count(), 2.0);
}

}  // namespace
}  // namespace mammograft
