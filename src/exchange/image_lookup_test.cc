#include "exchange/image_lookup.h"

#include "core/testing.h"
#include "exchange/testing.h"

namespace mammograft {
namespace {

std::string by_name(const Cohort& truth, const std::string& text) {
  return ImageLookup(truth).by_name({text, "f.csv: line 2: image"}).file_name;
}

TEST(ImageLookup, FindsNamesAsOthersWriteThem) {
  const Cohort truth = truth_of({{1, "images/p1/a.png"}, {2, "images/p2/a.png"}, {3, "b.dcm"}});
  EXPECT_EQ(by_name(truth, "images/p1/a.png"), "images/p1/a.png");
  EXPECT_EQ(by_name(truth, "./images\\p2\\a.png"), "images/p2/a.png");
  EXPECT_EQ(by_name(truth, "p2/a"), "images/p2/a.png");
  EXPECT_EQ(by_name(truth, "/data/release/images/p1/a.jpg"), "images/p1/a.png");
  for (const char* b : {"b", "b.dcm", "b.png", "x/b.JPG", " b "})
    EXPECT_EQ(by_name(truth, b), "b.dcm") << b;
  EXPECT_ERROR(
      by_name(truth, "a.png"), bad_input,
      "f.csv: line 2: image: found a.png, which may be images/p1/a.png or images/p2/a.png");
  for (const char* none : {"c", "b.txt", "", "images", "images/p1/"})
    EXPECT_ERROR(by_name(truth, none), bad_input, "which is no image of the truth");
}

// A UID ends in digits behind a dot, which is no suffix.
TEST(ImageLookup, KeepsUidsWhole) {
  const Cohort truth = truth_of({{1, "1.2.840.dcm"}, {2, "1.2.840.7.dcm"}});
  EXPECT_EQ(by_name(truth, "1.2.840.7"), "1.2.840.7.dcm");
  EXPECT_EQ(by_name(truth, "1.2.840"), "1.2.840.dcm");
  EXPECT_ERROR(by_name(truth, "1.2.840.9"), bad_input, "found 1.2.840.9");
}

TEST(ImageLookup, TakesIdsOrNamesForAWholeFile) {
  const Cohort truth = truth_of({{10, "1.png"}, {1, "2.png"}, {2, "7.png"}});
  const ImageLookup lookup(truth);
  const auto ids = [&](const std::vector<ImageMention>& mentions, const char* by, bool prefer) {
    std::vector<int64_t> found;
    for (const ImageRecord* image : lookup.find(mentions, by, prefer)) found.push_back(image->id);
    return found;
  };
  using Ids = std::vector<int64_t>;
  const std::vector<ImageMention> both = {{"1", "first"}, {"2", "second"}};
  EXPECT_EQ(ids(both, "auto", true), (Ids{1, 2}));
  EXPECT_EQ(ids(both, "auto", false), (Ids{10, 1}));
  EXPECT_EQ(ids(both, "name", true), (Ids{10, 1}));
  EXPECT_EQ(ids(both, "id", false), (Ids{1, 2}));
  // One that is no id makes all of them names, and the other way.
  EXPECT_EQ(ids({{"1", ""}, {"7", ""}}, "auto", true), (Ids{10, 2}));
  EXPECT_EQ(ids({{"1", ""}, {"10", ""}}, "auto", false), (Ids{1, 10}));
  EXPECT_ERROR(ids({{"1", "a"}, {"9", "b"}}, "auto", true), bad_input, "b: found 9, which is no");
  EXPECT_ERROR(ids({{"7", "a"}, {"10", "b"}}, "auto", true), bad_input, "a: found 7");
}

}  // namespace
}  // namespace mammograft
