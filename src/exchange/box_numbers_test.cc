#include "exchange/box_numbers.h"

#include <limits>

#include "core/testing.h"

namespace mammograft {
namespace {

ImageRecord image_of(int width, int height) {
  ImageRecord image;
  image.width = width;
  image.height = height;
  return image;
}

// One box on an image of 200 x 400 in all its forms.
TEST(BoxNumbers, EachFormGivesTheSameBox) {
  const Box box{20, 40, 60, 140};
  const std::pair<const char*, std::array<double, 4>> forms[] = {
      {"xywh", {20, 40, 40, 100}},
      {"xyxy", {20, 40, 60, 140}},
      {"cxcywh", {40, 90, 40, 100}},
      {"xywh-fractions", {0.1, 0.1, 0.2, 0.25}},
      {"xyxy-fractions", {0.1, 0.1, 0.3, 0.35}},
      {"cxcywh-fractions", {0.2, 0.225, 0.2, 0.25}},
  };
  for (const auto& [name, numbers] : forms) {
    const BoxMeaning meaning = box_meaning_from(name).value();
    EXPECT_EQ(to_string(meaning), name);
    const Box found = box_from_numbers(numbers, meaning, image_of(200, 400), "f");
    EXPECT_NEAR(found.x0, box.x0, 1e-12) << name;
    EXPECT_NEAR(found.y0, box.y0, 1e-12) << name;
    EXPECT_NEAR(found.x1, box.x1, 1e-12) << name;
    EXPECT_NEAR(found.y1, box.y1, 1e-12) << name;
  }
  EXPECT_FALSE(box_meaning_from("auto"));
  EXPECT_ERROR(box_meaning_from("yxyx"), usage, "found \"yxyx\"");
}

TEST(BoxNumbers, RefuseWhatCannotBe) {
  const ImageRecord image = image_of(200, 400);
  const auto read = [&](const std::array<double, 4>& numbers, const char* form) {
    return box_from_numbers(numbers, *box_meaning_from(form), image, "f.csv: line 3");
  };
  EXPECT_ERROR(read({1, 2, -3, 4}, "xywh"), bad_input, "f.csv: line 3: found width -3");
  EXPECT_ERROR(read({50, 60, 20, 90}, "xyxy"), bad_input, "(are they sizes?)");
  EXPECT_ERROR(read({0.5, 0.5, 20, 0.1}, "cxcywh-fractions"), bad_input, "found 20, expected frac");
  EXPECT_ERROR(read({0, std::numeric_limits<double>::infinity(), 1, 1}, "xyxy"), bad_input,
               "found inf");
}

}  // namespace
}  // namespace mammograft
