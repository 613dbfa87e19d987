#include "evaluate/power.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/testing.h"
#include "stats/normal.h"

namespace mammograft {
namespace {

// Patients of one mass each, `found` of them with a mark.
SetResult found_of(int patients, int found) {
  SetResult set;
  set.name = "set";
  set.reading.patients = patients;
  set.data.images_of_patient.assign(static_cast<size_t>(patients), 1);
  for (int p = 0; p < patients; ++p) {
    set.data.patient_of_mass.push_back(p);
    if (p < found) set.data.events.push_back({0.9, p, p});
  }
  set.operating_points = {{0.5, {0.5, found, 0, 0, 0}, {}}};
  return set;
}

// Connor, "Sample size for testing differences in proportions for the paired-sample design",
// Biometrics 43 (1987): discordant shares p10 and p01.
double connors_patients(double p10, double p01) {
  const double psi = p10 + p01, delta = p10 - p01;
  const double root = normal_quantile(0.975) * std::sqrt(psi) +
                      normal_quantile(0.8) * std::sqrt(psi - delta * delta);
  return root * root / (delta * delta);
}

TEST(Power, NeedsAsManyPatientsAsConnorsFormula) {
  PowerOptions options;
  options.gain = 0.05;  // many patients: the formula is that of large numbers
  options.loss = 0.1;
  options.trials = 4000;
  const PowerResult result = simulate_power(found_of(100, 70), options);
  EXPECT_DOUBLE_EQ(result.tpr, 0.7);
  const double lost = 0.1 * 0.7, expected = connors_patients(0.05 + lost, lost);
  EXPECT_NEAR(result.enough.patients, expected, 0.05 * expected);
  EXPECT_DOUBLE_EQ(result.enough.masses, result.enough.patients);
}

TEST(Power, OfMassesThatStandTogetherIsLess) {
  SetResult twice = found_of(100, 70);
  for (int p = 0; p < 100; ++p) {
    twice.data.patient_of_mass.push_back(p);
    if (p < 70) twice.data.events.push_back({0.9, p, 100 + p});
  }
  PowerOptions options;
  options.gain = 0.1;
  const PowerPoint single = simulate_power(found_of(100, 70), options).enough;
  const PowerPoint pairs = simulate_power(twice, options).enough;
  EXPECT_GT(pairs.masses, 0.9 * single.masses);
  EXPECT_LT(pairs.patients, single.patients);
}

TEST(Power, GrowsWithTheNumber) {
  PowerOptions options;
  options.trials = 1000;
  const PowerResult result = simulate_power(found_of(50, 40), options);
  for (size_t i = 1; i < result.points.size(); ++i)
    EXPECT_GT(result.points[i].power, result.points[i - 1].power - 0.06);
  EXPECT_GE(result.enough.power, 0.8);
}

TEST(Power, TheThreadsHaveNoSay) {
  const auto power = [](int threads) {
    PowerOptions options;
    options.trials = 500;
    options.threads = threads;
    std::vector<double> powers;
    for (const PowerPoint& point : simulate_power(found_of(50, 40), options).points)
      powers.push_back(point.power);
    return powers;
  };
  EXPECT_EQ(power(1), power(3));
}

TEST(Power, RefusesGainsThatCannotBe) {
  PowerOptions options;
  options.gain = 0.25;
  EXPECT_ERROR(simulate_power(found_of(10, 8), options), usage, "expected at most 0.160");
  options.gain = 0;
  EXPECT_ERROR(simulate_power(found_of(10, 8), options), usage, "gain: found 0");
  options.gain = 0.1;
  EXPECT_ERROR(simulate_power(found_of(0, 0), options), bad_input, "no mass");
}

}  // namespace
}  // namespace mammograft
