#include "pages/case_gallery.h"

#include <gtest/gtest.h>

#include "core/testing.h"
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
  EXPECT_EQ(captions("Typical", 0.5), Captions{}) << "shown once, among the best";
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

}  // namespace
}  // namespace mammograft
