// From maps to masses on the original image, with an engine that finds what is bright.
#include "detect/found_masses.h"

#include <gtest/gtest.h>

#include "detect/engine_testing.h"

namespace mammograft {
namespace {

void expect_box(const Box& found, const Box& expected) {
  EXPECT_NEAR(found.x0, expected.x0, 1e-4);
  EXPECT_NEAR(found.y0, expected.y0, 1e-4);
  EXPECT_NEAR(found.x1, expected.x1, 1e-4);
  EXPECT_NEAR(found.y1, expected.y1, 1e-4);
}

std::vector<FoundMass> find(const NetworkInput& input, Mirror mirror = {},
                            std::shared_ptr<FakeLog> log = std::make_shared<FakeLog>()) {
  FakeEngine engine(std::move(log));
  return find_masses(*fake_network(), engine, input, mirror, {});
}

TEST(FindMasses, ByFallingScoreWhereTheyLie) {
  const auto found = find(fake_input(40, 72, {{16, 8, 0.25}, {48, 24, 0.75}}));
  ASSERT_EQ(found.size(), 2u);
  EXPECT_NEAR(found[0].score, 0.75, 1e-6);
  expect_box(found[0].box, {48, 24, 56, 32});
  EXPECT_NEAR(found[1].score, 0.25, 1e-6);
  expect_box(found[1].box, {16, 8, 24, 16});
  EXPECT_EQ(found[0].label, 1);
  EXPECT_FALSE(found[0].mask.has_value());
}

TEST(FindMasses, InPixelsOfTheOriginal) {
  NetworkInput input = fake_input(40, 72, {{16, 8, 0.5}});
  input.transform = {.offset_x = 10, .offset_y = 20, .scale_x = 0.5, .scale_y = 0.25};
  input.original_size = {200, 300};
  const auto found = find(input);
  ASSERT_EQ(found.size(), 1u);
  expect_box(found[0].box, {42, 52, 58, 84});
}

TEST(FindMasses, CutToTheOriginalAndNoneOutsideOfIt) {
  NetworkInput input = fake_input(40, 72, {{16, 8, 0.5}, {48, 8, 0.75}});
  input.original_size = {20, 40};
  const auto found = find(input);
  ASSERT_EQ(found.size(), 1u);
  expect_box(found[0].box, {16, 8, 20, 16});
}

// The engine sees a mirror image; what comes back is where it was.
TEST(FindMasses, MirroredThereAndBack) {
  const NetworkInput input = fake_input(40, 72, {{16, 8, 0.5}});
  for (const Mirror mirror : {Mirror{true, false}, Mirror{false, true}, Mirror{true, true}}) {
    const auto log = std::make_shared<FakeLog>();
    const auto found = find(input, mirror, log);
    ASSERT_EQ(found.size(), 1u);
    expect_box(found[0].box, {16, 8, 24, 16});
    const int64_t x = mirror.x ? 72 - 24 : 16, y = mirror.y ? 40 - 16 : 8;
    const torch::Tensor seen = log->images.at(0)[0][0];
    EXPECT_EQ(seen.count_nonzero().item<int64_t>(), kFakeBlock * kFakeBlock);
    EXPECT_EQ(seen.slice(0, y, y + kFakeBlock).slice(1, x, x + kFakeBlock).min().item<float>(),
              0.5f);
  }
}

TEST(FindMasses, TheEngineChoosesTheMultipleOfTheSides) {
  const auto log = std::make_shared<FakeLog>();
  FakeEngine engine(log, [](size_t) { return 1.0; }, /*multiple=*/128);
  const auto found =
      find_masses(*fake_network(), engine, fake_input(40, 136, {{128, 32, 1}}), {}, {});
  EXPECT_EQ(log->images.at(0).sizes(), (std::vector<int64_t>{1, 1, 128, 256}));
  ASSERT_EQ(found.size(), 1u);
  expect_box(found[0].box, {128, 32, 136, 40});
}

}  // namespace
}  // namespace mammograft
