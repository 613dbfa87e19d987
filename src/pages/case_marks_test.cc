#include "pages/case_marks.h"

#include <gtest/gtest.h>

#include "pages/testing.h"

namespace mammograft {
namespace {

bool same(Color a, Color b) { return a.r == b.r && a.g == b.g && a.b == b.b; }

TEST(CaseMarks, TellTruthHitsFurtherHitsAndFalseAlarmsByColour) {
  SetResult set = hand_made_set();
  set.matches[1] = {Outcome::ignored, -1, 0.75};
  Case item;
  item.image_id = 1;
  item.detections = {0, 1, 2, 3};
  const std::vector<Mark> marks = case_marks(set, item);
  ASSERT_EQ(marks.size(), 5u);
  EXPECT_TRUE(same(marks[0].color, colors::truth));
  EXPECT_EQ(marks[0].box.x1, 40);
  EXPECT_TRUE(same(marks[1].color, colors::hit));
  EXPECT_EQ(marks[1].box.x1, 42);
  EXPECT_EQ(marks[1].label, "0.90");
  EXPECT_TRUE(same(marks[2].color, colors::muscle));  // ignored
  EXPECT_TRUE(same(marks[3].color, colors::alarm));
  EXPECT_TRUE(same(marks[4].color, colors::muscle));  // a further hit
}

TEST(CaseMarks, DrawTheOutlineOfTheTruth) {
  Cohort cohort = two_patients();
  const Polygon triangle = {{20, 20}, {40, 20}, {30, 40}};
  cohort.annotations[0].segmentation = std::vector<Polygon>{triangle};
  cohort.annotations[1].segmentation =
      rasterize(Polygon{{20, 20}, {40, 20}, {40, 40}, {20, 40}}, 100, 100);
  const SetResult set = hand_made_set(cohort);
  Case first, second;
  first.image_id = 1;
  second.image_id = 3;
  ASSERT_EQ(case_marks(set, first)[0].contours.size(), 1u);
  EXPECT_EQ(case_marks(set, first)[0].contours[0].size(), 3u);
  const std::vector<Mark> marks = case_marks(set, second);
  ASSERT_EQ(marks[0].contours.size(), 1u);
  for (const Point& point : marks[0].contours[0]) {
    EXPECT_GE(point.x, 19);
    EXPECT_LE(point.x, 41);
  }
}

TEST(CaseMarks, LegendHasEveryColour) {
  EXPECT_EQ(case_legend().entries.size(), 5u);
  EXPECT_EQ(case_legend().entries[2].color, "#d55e00");
  EXPECT_EQ(case_legend().entries[2].label, "false positive");
}

}  // namespace
}  // namespace mammograft
