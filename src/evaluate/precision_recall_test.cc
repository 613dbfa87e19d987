#include "evaluate/precision_recall.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/rng.h"

namespace mammograft {
namespace {

// COCO's accumulate(), word for word: every event a point, the envelope from the right, a look-up
// of each recall.
double slow_average_precision(const std::vector<RecallEvent>& events, int positives) {
  std::vector<double> precision, recall;
  double hits = 0, reported = 0;
  for (const RecallEvent& event : events) {
    hits += event.hit ? 1 : 0;
    precision.push_back(hits / ++reported);
    recall.push_back(hits / positives);
  }
  for (size_t i = precision.size(); i-- > 1;) {
    precision[i - 1] = std::max(precision[i - 1], precision[i]);
  }
  double sum = 0;
  for (int r = 0; r <= 100; ++r) {
    const auto at = std::lower_bound(recall.begin(), recall.end(), r == 100 ? 1.0 : r * 0.01);
    if (at != recall.end()) sum += precision[static_cast<size_t>(at - recall.begin())];
  }
  return sum / 101;
}

struct Marks {
  std::vector<RecallEvent> events;  // by falling score
  std::vector<int> positives;
};

Marks some_marks(Rng& rng, int patients, int count, double steps) {
  Marks marks;
  marks.positives.resize(static_cast<size_t>(patients));
  for (int i = 0; i < count; ++i) {
    const auto patient = static_cast<int>(rng.integer(patients));
    const bool hit = rng.chance(0.4);
    marks.events.push_back({std::round(steps * rng.normal() + (hit ? 1 : 0)), patient, hit});
    marks.positives[static_cast<size_t>(patient)] += hit || rng.chance(0.2) ? 1 : 0;
  }
  std::stable_sort(marks.events.begin(), marks.events.end(),
                   [](const RecallEvent& a, const RecallEvent& b) { return a.score > b.score; });
  return marks;
}

// Patients physically repeated.
double slow_at(const Marks& marks, const Times& times) {
  std::vector<RecallEvent> events;
  int positives = 0;
  for (const RecallEvent& event : marks.events) {
    events.insert(events.end(), static_cast<size_t>(times[event.patient]), event);
  }
  for (size_t p = 0; p < times.size(); ++p) positives += times[p] * marks.positives[p];
  return slow_average_precision(events, positives);
}

TEST(PrecisionRecall, EqualsTheSlowLoop) {
  Rng rng(1);
  for (int round = 0; round < 100; ++round) {
    const Marks marks = some_marks(rng, 1 + round % 7, 1 + 7 * round, round % 3 ? 1000 : 2);
    int positives = 0;
    for (int count : marks.positives) positives += count;
    if (positives == 0) continue;
    EXPECT_NEAR(PrecisionRecall(marks.events, marks.positives).value(),
                slow_average_precision(marks.events, positives), 1e-12);
  }
}

TEST(PrecisionRecall, ResamplesAsIfPatientsWereRepeated) {
  Rng rng(2);
  for (int round = 0; round < 40; ++round) {
    const int patients = 2 + round;
    const Marks marks = some_marks(rng, patients, 40 * (1 + round), round % 2 ? 1000 : 2);
    TimesBlock block(static_cast<size_t>(patients));
    for (size_t l = 0; l < kLanes; ++l) {
      Times times;
      for (int p = 0; p < patients; ++p) {
        times.push_back(static_cast<int>(l % 8 == 7 ? 255 * rng.integer(2) : rng.integer(4)));
      }
      block.set(l, times);
    }
    const Lanes<double> found = PrecisionRecall(marks.events, marks.positives).at(block);
    for (size_t l = 0; l < kLanes; ++l) {
      const double expected = slow_at(marks, block.lane(l));
      if (block.total(marks.positives)[l] == 0) {
        EXPECT_TRUE(std::isnan(found[l]));
      } else {
        EXPECT_NEAR(found[l], expected, 1e-12) << round << ", lane " << l;
      }
    }
  }
}

TEST(PrecisionRecall, CountsLongRunsOfPatientsWhoCountAsOftenAsABlockHolds) {
  Marks marks;
  marks.positives = {2};
  marks.events.push_back({9, 0, true});
  marks.events.insert(marks.events.end(), 1000, {5, 0, false});  // 255000 of them
  marks.events.push_back({1, 0, true});
  TimesBlock block(1);
  block.set(3, 0, 255);
  const Lanes<double> found = PrecisionRecall(marks.events, marks.positives).at(block);
  EXPECT_NEAR(found[3], (51 + 50 * 510. / 255510) / 101, 1e-12);
  EXPECT_NEAR(found[4], (51 + 50 * 2. / 1002) / 101, 1e-12);
}

TEST(PrecisionRecall, FollowsTheHandWorkedCurve) {
  // hit, alarm, hit of two masses: precision 1 up to recall 1/2, then 2/3.
  const PrecisionRecall curve({{3, 0, true}, {2, 0, false}, {1, 1, true}}, {1, 1});
  EXPECT_NEAR(curve.value(), (51 * 1 + 50 * 2. / 3) / 101, 1e-12);
  EXPECT_EQ(curve.recall(), 1);
  // Sorted by score, whatever the order in which they are given; ties stay as they are.
  EXPECT_NEAR(PrecisionRecall({{1, 1, true}, {2, 0, false}, {3, 0, true}}, {1, 1}).value(),
              curve.value(), 1e-12);
  EXPECT_NEAR(PrecisionRecall({{1, 0, true}, {1, 0, false}}, {1}).value(), 1, 1e-12);
  EXPECT_NEAR(PrecisionRecall({{1, 0, false}, {1, 0, true}}, {1}).value(), 0.5, 1e-12);
}

TEST(PrecisionRecall, HasNoValueWithoutAPositive) {
  EXPECT_TRUE(std::isnan(PrecisionRecall({{1, 0, false}}, {0}).value()));
  EXPECT_TRUE(std::isnan(PrecisionRecall({{1, 0, false}}, {0}).recall()));
  EXPECT_EQ(PrecisionRecall({}, {2}).value(), 0);
  EXPECT_EQ(PrecisionRecall({}, {2}).recall(), 0);
}

}  // namespace
}  // namespace mammograft
