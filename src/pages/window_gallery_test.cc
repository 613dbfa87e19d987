#include "pages/window_gallery.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "pages/testing.h"

namespace mammograft {
namespace {

using Ids = std::vector<int64_t>;

TEST(WindowGallery, OrdersTheTestedMassesByScore) {
  const HandMadeAssessment made;  // 4, -2, not tested, 3, -1, 2, not tested, 0
  EXPECT_EQ(by_score(made.assessment.sets[0]), (std::vector<size_t>{1, 4, 7, 5, 3, 0}));
  EXPECT_TRUE(by_score(made.assessment.sets[1]).empty());
}

TEST(WindowGallery, ShowsBothEndsOfTheScores) {
  HandMadeAssessment made;
  made.assessment.sets[0].masses[2].score = 7;  // seven are tested: each end leaves one out
  const Section section = windows_by_score(made.run(), 16);
  EXPECT_EQ(made.painted, (Ids{105, 108, 111, 109, 107, 104,     // from -2 to 4, without 7
                               106, 104, 107, 109, 111, 108}));  // from 7 to -1, without -2
  ASSERT_EQ(section.blocks.size(), 2u);
  const auto& gallery = std::get<Gallery>(section.blocks[0]);
  EXPECT_EQ(gallery.heading, "blend");
  ASSERT_EQ(gallery.pictures.size(), 2u);
  EXPECT_EQ(gallery.pictures[0].caption, "most like real masses");
  EXPECT_EQ(gallery.pictures[1].caption, "most clearly synthetic");
  EXPECT_EQ(gallery.pictures[0].bytes.substr(0, 2), "\xff\xd8");  // JPEG
}

TEST(WindowGallery, DrawsMassesOfEverySet) {
  HandMadeAssessment made;
  const Section section = random_windows(made.run(), 2, 16);
  const auto& pictures = std::get<Gallery>(section.blocks.at(0)).pictures;
  ASSERT_EQ(pictures.size(), 3u);
  EXPECT_EQ(pictures[0].caption, "real");
  EXPECT_EQ(pictures[2].caption, "pie");
  ASSERT_EQ(made.painted.size(), 5u);
  EXPECT_TRUE(std::all_of(made.painted.begin(), made.painted.begin() + 2,
                          [](int64_t id) { return id >= 101 && id <= 103; }));
  EXPECT_TRUE(std::all_of(made.painted.begin() + 2, made.painted.begin() + 4,
                          [](int64_t id) { return id >= 104 && id <= 111; }));
  EXPECT_EQ(made.painted[4], 112);
}

TEST(WindowGallery, DependsOnTheSeedOnly) {
  HandMadeAssessment made;
  std::vector<Ids> drawn;
  for (uint64_t seed : {1, 1, 2}) {
    made.painted.clear();
    random_windows(made.run(seed), 8, 16);
    drawn.push_back(made.painted);
  }
  EXPECT_EQ(drawn[0], drawn[1]);
  EXPECT_NE(drawn[0], drawn[2]);
}

}  // namespace
}  // namespace mammograft
