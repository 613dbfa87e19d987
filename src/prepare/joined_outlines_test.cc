#include "prepare/joined_outlines.h"

#include <gtest/gtest.h>

namespace mammograft {
namespace {

using GroupsOf = std::vector<std::vector<size_t>>;

Polygon rectangle(double x0, double y0, double x1, double y1) {
  return {{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}};
}

TEST(JoinedOutlines, LeavesWhatLiesApart) {
  EXPECT_EQ(joined_outlines({}), GroupsOf{});
  EXPECT_EQ(joined_outlines({rectangle(0, 0, 9, 9)}), (GroupsOf{{0}}));
  EXPECT_EQ(joined_outlines({rectangle(0, 0, 9, 9), rectangle(10, 0, 19, 9)}),
            (GroupsOf{{0}, {1}}));  // a column of pixels in between
}

TEST(JoinedOutlines, JoinsWhatOverlapsOrTouches) {
  EXPECT_EQ(joined_outlines({rectangle(0, 0, 9, 9), rectangle(5, 5, 14, 14)}), (GroupsOf{{0, 1}}));
  EXPECT_EQ(joined_outlines({rectangle(0, 0, 9, 9), rectangle(9, 0, 18, 9)}), (GroupsOf{{0, 1}}));
  EXPECT_EQ(joined_outlines({rectangle(0, 0, 9, 9), rectangle(9, 9, 18, 18)}), (GroupsOf{{0, 1}}));
}

TEST(JoinedOutlines, JoinsThroughOthers) {
  const std::vector<Polygon> chain = {rectangle(0, 0, 9, 9), rectangle(40, 0, 49, 9),
                                      rectangle(20, 0, 29, 9), rectangle(8, 2, 21, 7)};
  EXPECT_EQ(joined_outlines(chain), (GroupsOf{{0, 2, 3}, {1}}));
}

TEST(JoinedOutlines, LeavesOutWhatLiesWithinAnother) {
  const Polygon large = rectangle(0, 0, 30, 30), small = rectangle(10, 10, 20, 20);
  EXPECT_EQ(joined_outlines({large, small}), (GroupsOf{{0}}));
  EXPECT_EQ(joined_outlines({small, large}), (GroupsOf{{1}}));
  EXPECT_EQ(joined_outlines({large, large, large}), (GroupsOf{{0}}));
  // The boxes lie within each other, the outlines do not: an L around a square.
  const Polygon corner = {{0, 0}, {30, 0}, {30, 5}, {5, 5}, {5, 30}, {0, 30}};
  EXPECT_EQ(joined_outlines({corner, small}), (GroupsOf{{0}, {1}}));
}

}  // namespace
}  // namespace mammograft
