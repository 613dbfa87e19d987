#include "pages/masses_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "core/files.h"
#include "core/testing.h"
#include "pages/testing.h"

namespace mammograft {
namespace {

int synthetic_items(const ReaderPage& page) {
  return static_cast<int>(std::count_if(page.items.begin(), page.items.end(),
                                        [](const ReaderItem& item) { return item.synthetic; }));
}

std::vector<std::string> origins(const ReaderPage& page) {
  std::vector<std::string> origins;
  for (const ReaderItem& item : page.items) origins.push_back(item.origin);
  return origins;
}

TEST(MassesReader, ShowsAsManyOfEachKindOrAll) {
  HandMadeAssessment made;
  const ReaderPage two = masses_reader(made.run(), {"", 2, 16});
  EXPECT_EQ(two.name, "blend");
  EXPECT_EQ(two.items.size(), 4u);
  EXPECT_EQ(synthetic_items(two), 2);
  const ReaderPage all = masses_reader(made.run(), {"pie", 30, 16});
  EXPECT_EQ(all.name, "pie");
  EXPECT_EQ(all.items.size(), 4u);  // 3 real, 1 of the set
  EXPECT_EQ(synthetic_items(all), 1);
}

// The picture of mass 101 is grey 101: what is shown must be what the answer says.
TEST(MassesReader, PicturesOriginsAndAnswersBelongTogether) {
  HandMadeAssessment made;
  const TestFolder folder;
  for (const ReaderItem& item : masses_reader(made.run(), {"", 8, 16}).items) {
    write_file(folder / "picture.png", item.picture);
    const cv::Mat pixels = read_image(folder / "picture.png").pixels;
    const int id = static_cast<int>(std::lround(pixels.at<uint16_t>(0, 0) / 257.0));
    EXPECT_EQ(pixels.cols, 16);
    EXPECT_EQ(item.synthetic, id >= 104);
    const std::string file = std::to_string(id - 100) + ".png";
    const int place = id - (id >= 104 ? 104 : 101);
    EXPECT_EQ(item.origin, file + (place % 2 ? " · p/2" : " · p/1"));
    EXPECT_EQ(item.radius, 0.25);
  }
}

TEST(MassesReader, ReducesLargePictures) {
  HandMadeAssessment made;
  const TestFolder folder;
  write_file(folder / "picture.png", masses_reader(made.run(), {"", 1, 700}).items[0].picture);
  EXPECT_EQ(read_image(folder / "picture.png").pixels.cols, 512);
}

TEST(MassesReader, DependsOnTheSeedAndMixesTheKinds) {
  HandMadeAssessment made;
  const auto first = masses_reader(made.run(1), {"", 8, 16});
  EXPECT_EQ(origins(first), origins(masses_reader(made.run(1), {"", 8, 16})));
  const auto second = masses_reader(made.run(2), {"", 8, 16});
  EXPECT_NE(origins(first), origins(second));
  EXPECT_NE(first.seed, second.seed);
  std::set<bool> kinds;
  for (uint64_t seed = 0; seed < 20; ++seed) {
    kinds.insert(masses_reader(made.run(seed), {"", 3, 16}).items[0].synthetic);
  }
  EXPECT_EQ(kinds.size(), 2u) << "either kind comes first";
}

}  // namespace
}  // namespace mammograft
