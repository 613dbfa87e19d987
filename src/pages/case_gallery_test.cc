#include "pages/case_gallery.h"

#include <gtest/gtest.h>

#include "core/testing.h"
#include "pages/case_marks.h"
#include "pages/testing.h"

namespace mammograft {
namespace {

class CaseGalleryTest : public ::testing::Test {
 protected:
  CaseGalleryTest() {
    Cohort cohort = two_patients();
    write_pixels(cohort, folder_.path());
    set_ = hand_made_set(cohort);
  }

  // Captions of a gallery at the operating point nearest to `fppi`.
  std::vector<std::string> captions(const std::string& heading, double fppi, int cases = 6) {
    std::vector<std::string> captions;
    for (const Gallery& gallery : all_of<Gallery>(case_gallery(set_, cases, fppi))) {
      if (gallery.heading != heading) continue;
      for (const Picture& picture : gallery.pictures) captions.push_back(picture.caption);
    }
    return captions;
  }

  TestFolder folder_;
  SetResult set_;
};

using Captions = std::vector<std::string>;

TEST_F(CaseGalleryTest, ShowsHitsMissesAndFalseAlarms) {
  const Captions found = {"p/1 · L CC · 4 mm · subtle · score 0.900 · IoU 0.88"};
  EXPECT_EQ(captions("Best", 0.5), found);
  EXPECT_EQ(captions("Typical", 0.5), found);
  EXPECT_EQ(captions("Missed", 0.5), Captions{"p/2 · L CC · 6 mm · subtle · never found"});
  EXPECT_EQ(captions("Worst false alarms", 0.5),
            (Captions{"p/2 · L CC · status mass · score 0.700",
                      "p/1 · L MLO · status normal · score 0.400"}));
}

TEST_F(CaseGalleryTest, KeepsToTheOperatingPointAndTheNumberAskedFor) {
  EXPECT_EQ(captions("Worst false alarms", 0.25),
            Captions{"p/2 · L CC · status mass · score 0.700"});
  EXPECT_EQ(captions("Worst false alarms", 0.5, 1),
            Captions{"p/2 · L CC · status mass · score 0.700"});
}

TEST_F(CaseGalleryTest, AHitBelowTheThresholdIsAMiss) {
  set_.operating_points = {{0, {0.95, 0, 0, 0, 0}, {kUnknown, kUnknown}}};
  EXPECT_EQ(captions("Best", 0), Captions{});
  EXPECT_EQ(captions("Missed", 0).size(), 2u);
  EXPECT_NE(captions("Missed", 0)[1].find("score 0.900"), std::string::npos);
}

TEST_F(CaseGalleryTest, NamesTheFileOfAPatientThatIsNotKnown) {
  Cohort cohort = *set_.cohort;
  for (ImageRecord& image : cohort.images) image.patient_id = image.view = image.laterality = "";
  set_ = hand_made_set(cohort);
  EXPECT_EQ(captions("Missed", 0.5), Captions{"3.png · 6 mm · subtle · never found"});
}

TEST_F(CaseGalleryTest, SaysSoWithoutPixels) {
  const auto blocks = case_gallery(hand_made_set(), 6, 0.5);
  ASSERT_EQ(blocks.size(), 1u);
  EXPECT_NE(std::get<Paragraph>(blocks[0]).text.find("no pictures"), std::string::npos);
}

TEST_F(CaseGalleryTest, AnImageThatCannotBeReadIsAnError) {
  std::filesystem::remove(folder_ / "3.png");
  EXPECT_ERROR(case_gallery(set_, 6, 0.5), io, "3.png");
}

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
  ASSERT_EQ(case_marks(set, second)[0].contours.size(), 1u);
  for (const Point& point : case_marks(set, second)[0].contours[0]) {
    EXPECT_GE(point.x, 19);
    EXPECT_LE(point.x, 41);
  }
}

TEST(CaseMarks, LegendHasEveryColour) {
  EXPECT_EQ(case_legend().entries.size(), 4u);
  EXPECT_EQ(case_legend().entries[2].color, "#d55e00");
  EXPECT_EQ(case_legend().entries[2].label, "false positive");
}

}  // namespace
}  // namespace mammograft
