#include "evaluate/froc_block.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/rng.h"
#include "stats/bootstrap.h"

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

struct TprIntervals {
  std::vector<Interval> tpr;                     // [fppi]
  std::vector<std::vector<Interval>> group_tpr;  // [group][fppi]
};

TprIntervals bootstrap_tpr(const FrocData& data, const std::vector<double>& fppi,
                           const std::vector<MassGroup>& groups, const BootstrapOptions& options) {
  const FrocBlock block(data, {fppi, fppi, groups, 1});
  const BlockStatistics at = [&](const TimesBlock& times) {
    const FrocValues values = block.at(times);
    std::vector<double> all;
    for (const auto& lanes : values.tpr) all.insert(all.end(), lanes.begin(), lanes.end());
    for (const auto& group : values.group_tpr)
      for (const auto& lanes : group) all.insert(all.end(), lanes.begin(), lanes.end());
    return all;
  };
  const auto drawn = bootstrap(PatientResampler(std::vector<int>(data.images_of_patient.size(), 0)),
                               at, options, "test");
  TprIntervals result;
  size_t next = 0;
  for (size_t x = 0; x < fppi.size(); ++x)
    result.tpr.push_back(interval_of(drawn[next++], options));
  for (size_t g = 0; g < groups.size(); ++g) {
    result.group_tpr.emplace_back();
    for (size_t x = 0; x < fppi.size(); ++x)
      result.group_tpr.back().push_back(interval_of(drawn[next++], options));
  }
  return result;
}

TEST(FrocBlock, SameSeedSameIntervals) {
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
TEST(FrocBlock, OfOnePatientIsTheCurve) {
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
TEST(FrocBlock, HasTheWidthOfABinomialShare) {
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

TEST(FrocBlock, CoversTheTruth) {
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
TEST(FrocBlock, KeepsPatientsTogether) {
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

TEST(FrocBlock, KnowsNothingOfNothing) {
  const FrocValues values = FrocBlock(FrocData{}, {{1}, {}, {}, 1}).at(TimesBlock(0));
  EXPECT_TRUE(std::isnan(values.tpr[0][0]));
  EXPECT_TRUE(std::isnan(values.area[0]));
}

// The data with every patient as often as a resample has it.
FrocData repeated(const FrocData& data, const Times& times) {
  FrocData result;
  for (size_t p = 0; p < times.size(); ++p)
    result.images_of_patient.push_back(times[p] * data.images_of_patient[p]);
  for (const FrocEvent& event : data.events) {
    for (int copy = 0; copy < times[static_cast<size_t>(event.patient)]; ++copy) {
      result.events.push_back(event);
      if (event.mass >= 0) result.events.back().mass = 0;
    }
  }
  for (int patient : data.patient_of_mass)
    for (int copy = 0; copy < times[static_cast<size_t>(patient)]; ++copy)
      result.patient_of_mass.push_back(patient);
  return result;
}

// The mean height of the step curve up to the limit, in small steps.
double slow_area(const Froc& froc, double limit) {
  constexpr int kSteps = 20000;
  double sum = 0;
  for (int i = 0; i < kSteps; ++i) sum += tpr_at(froc, limit * (i + 0.5) / kSteps);
  return sum / kSteps;
}

TEST(FrocBlock, OfAResampleIsTheCurveOfItsPatients) {
  Rng rng(7);
  FrocData data = random_data(rng, 30, 0.7, 4);
  for (FrocEvent& event : data.events) event.score = std::round(20 * event.score) / 20;  // ties
  const std::vector<double> fppi = {0.05, 0.3, 1, 1.5};
  const FrocBlock block(data, {fppi, {}, {}, 1.2});
  TimesBlock times(30);
  for (size_t lane = 0; lane < kLanes; ++lane)
    for (int p = 0; p < 30; ++p) times.set(lane, p, static_cast<int>(rng.integer(4)));
  const FrocValues values = block.at(times);
  for (size_t lane = 0; lane < kLanes; ++lane) {
    const Froc froc = make_froc(repeated(data, times.lane(lane)));
    for (size_t x = 0; x < fppi.size(); ++x)
      EXPECT_DOUBLE_EQ(values.tpr[x][lane], tpr_at(froc, fppi[x])) << lane << " " << fppi[x];
    if (lane >= 3) continue;  // slow
    EXPECT_NEAR(values.area[lane], slow_area(froc, 1.2), 2e-4) << lane;
  }
}

}  // namespace
}  // namespace mammograft
