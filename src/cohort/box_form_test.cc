#include "cohort/box_form.h"

#include <gtest/gtest.h>

#include <array>

namespace mammograft {
namespace {

// Boxes as [a, b, c, d] of a file, which are read as x, y, width, height, on images of 120 x 160.
std::string suspicion(std::initializer_list<std::array<double, 4>> boxes) {
  BoxForm form;
  for (const auto& [a, b, c, d] : boxes) form.add({a, b, a + c, b + d}, 120, 160);
  return form.suspicion();
}

TEST(BoxForm, RightBoxesAreNotSuspected) {
  EXPECT_EQ(suspicion({}), "");
  EXPECT_EQ(suspicion({{60, 90, 30, 30}, {0, 0, 120, 160}, {10, 20, 40, 60}}), "");
  EXPECT_EQ(suspicion({{60, 90, 60.9, 70.5}}), "") << "rounding";
  EXPECT_EQ(suspicion({{-20, 90, 30, 30}, {5, 5, 20, 20}, {50, 50, 10, 10}}), "") << "one stray";
  EXPECT_EQ(suspicion({{0.5, 0.5, 30, 30}, {60, 90, 30, 30}}), "");
}

TEST(BoxForm, CornersInPlaceOfSizes) {
  const std::string all = suspicion({{60, 90, 90, 120}, {80, 10, 100, 30}});
  EXPECT_NE(all.find("2 of 2 boxes leave their images, and all lie inside as [x0, y0, x1, y1]"),
            std::string::npos)
      << all;
  // Near the origin corners stay inside even as sizes: the others give them away.
  EXPECT_NE(suspicion({{60, 90, 90, 120}, {10, 10, 30, 30}, {5, 5, 20, 20}}), "");
}

TEST(BoxForm, MostLeaveTheirImages) {
  const std::string found = suspicion({{100, 10, 90, 5}, {100, 10, 90, 5}, {60, 90, 30, 30}});
  EXPECT_NE(found.find("2 of 3 boxes leave their images; expected"), std::string::npos) << found;
}

TEST(BoxForm, FractionsOfTheImage) {
  EXPECT_NE(suspicion({{0.5, 0.5, 0.1, 0.2}}).find("found fractions"), std::string::npos);
  EXPECT_EQ(suspicion({{0.5, 0.5, 0.1, 0.2}, {60, 90, 30, 30}}), "");
}

}  // namespace
}  // namespace mammograft
