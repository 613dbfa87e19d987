#include "graft/background.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/testing.h"
#include "graft/place_weight.h"
#include "graft/testing.h"

namespace mammograft {
namespace {

// The test's breast grows brighter on the way from the chest wall.
TEST(Background, KnowsWhereTissueIsDenseWhereThatWeighs) {
  const TestFolder folder;
  Cohort cohort = test_cohort(folder / "real", 0, 1);
  Polygon& outline = cohort.images[0].breast_contour[0];  // without the air at its rim
  outline = test_disc({0, kTestSide / 2.0}, 57);
  for (Point& p : outline) p.x = std::max(p.x, 0.0);
  PlacementOptions options;
  const auto load = [&] { return load_background(cohort, cohort.images[0], {}, options, {}, {}); };
  EXPECT_TRUE(load().glandular.empty());
  EXPECT_FALSE(place_weight(load(), nullptr));
  options.tissue = "glandular";
  const Background background = load();
  ASSERT_FALSE(background.glandular.empty());
  EXPECT_LT(background.glandular.at({10.0 / kTestSide, 0.5}), 0.4);
  EXPECT_GT(background.glandular.at({45.0 / kTestSide, 0.5}), 0.7);
  const PlaceWeight weight = place_weight(background, nullptr);
  EXPECT_LT(weight({10, 64}), weight({45, 64}));
}

}  // namespace
}  // namespace mammograft
