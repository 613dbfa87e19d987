#include "nn/eight_bit_rows.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <cmath>

namespace mammograft {
namespace {

TEST(EightBitRows, ByHand) {
  const EightBitRows rows = eight_bit_rows(torch::tensor({{1.27f, -0.5f}, {0.0f, 0.0f}}));
  EXPECT_TRUE(torch::allclose(rows.scales, torch::tensor({0.01f, 0.0f})));
  EXPECT_TRUE(torch::equal(rows.values.to(torch::kInt), torch::tensor({{127, -50}, {0, 0}})));
}

TEST(EightBitRows, AreOffByHalfAScaleAtMostAndStayTheSecondTime) {
  torch::manual_seed(1);
  const torch::Tensor weight = torch::randn({5, 3, 2, 2});
  const torch::Tensor once = scaled_rows(eight_bit_rows(weight));
  for (int64_t row = 0; row < 5; ++row) {
    const double largest = weight[row].abs().max().item<double>();
    const double off = (once[row] - weight[row]).abs().max().item<double>();
    EXPECT_LE(off, largest / 254 * (1 + 1e-5));
    EXPECT_GT(off, largest / 1000);
  }
  const torch::Tensor twice = scaled_rows(eight_bit_rows(once));
  EXPECT_TRUE(torch::allclose(twice, once, 1e-6, 1e-7));
}

}  // namespace
}  // namespace mammograft
