#include "nn/best_state.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <limits>

#include "core/testing.h"

namespace mammograft {
namespace {

using Better = BestState::Better;

TensorMap weight(double value) { return {{"w", torch::full({2}, value)}}; }
double kept(const BestState& best) { return best.tensors().at("w")[0].item<double>(); }

TEST(BestState, KeepsTheLargestOrTheSmallestScore) {
  const std::vector<double> scores = {0.5, 0.2, 0.9, 0.1, 0.6};
  BestState largest(Better::larger), smallest(Better::smaller);
  for (size_t i = 0; i < scores.size(); ++i) {
    const auto step = static_cast<int64_t>(i) + 1;
    largest.offer(scores[i], step, weight(scores[i]));
    smallest.offer(scores[i], step, weight(scores[i]));
  }
  EXPECT_EQ(largest.step(), 3);
  EXPECT_EQ(largest.score(), 0.9);
  EXPECT_FLOAT_EQ(static_cast<float>(kept(largest)), 0.9F);
  EXPECT_EQ(smallest.step(), 4);
  EXPECT_EQ(smallest.score(), 0.1);
}

TEST(BestState, OfEqualScoresTheFirstStays) {
  BestState best(Better::larger);
  EXPECT_TRUE(best.offer(0, 10, weight(1)));
  EXPECT_FALSE(best.offer(0, 20, weight(2)));
  EXPECT_EQ(best.step(), 10);
  EXPECT_EQ(kept(best), 1);
}

TEST(BestState, AScoreThatIsNotFiniteIsNeverTheBest) {
  BestState best(Better::larger);
  EXPECT_FALSE(best.offer(std::numeric_limits<double>::quiet_NaN(), 1, weight(1)));
  EXPECT_FALSE(best.offer(std::numeric_limits<double>::infinity(), 2, weight(2)));
  EXPECT_TRUE(best.empty());
  EXPECT_TRUE(best.offer(-3, 3, weight(3)));
  EXPECT_FALSE(best.offer(std::numeric_limits<double>::quiet_NaN(), 4, weight(4)));
  EXPECT_EQ(best.step(), 3);
}

TEST(BestState, IsACopy) {
  BestState best(Better::smaller);
  const TensorMap now = weight(1);
  best.offer(1, 1, now);
  now.at("w").fill_(7);
  EXPECT_EQ(kept(best), 1);
}

// Names and types of checkpoints that earlier versions wrote.
TEST(BestState, GoesThroughACheckpoint) {
  const TestFolder folder;
  for (const bool empty : {true, false}) {
    BestState before(Better::smaller);
    if (!empty) before.offer(0.25, 40, weight(5));
    TensorFile file;
    file.tensors = before.state();
    EXPECT_EQ(file.tensors.count("best.w"), empty ? 0u : 1u);
    EXPECT_EQ(file.tensors.at("best_score").scalar_type(), torch::kFloat64);
    EXPECT_EQ(file.tensors.at("best_step").scalar_type(), torch::kInt64);
    EXPECT_EQ(file.tensors.at("best_step").dim(), 0);
    file.tensors["model.w"] = torch::zeros({2});
    save_tensors(folder / "checkpoint.safetensors", file);
    BestState after(Better::smaller);
    after.load_state(load_tensors(folder / "checkpoint.safetensors").tensors);
    EXPECT_EQ(after.empty(), empty);
    EXPECT_EQ(after.step(), empty ? 0 : 40);
    EXPECT_EQ(after.score(), empty ? 0 : 0.25);
    EXPECT_EQ(after.tensors().size(), empty ? 0u : 1u);
    if (!empty) {
      EXPECT_EQ(kept(after), 5);
    }
    // Goes on as the one before would have.
    EXPECT_EQ(after.offer(0.5, 50, weight(6)), before.offer(0.5, 50, weight(6)));
    EXPECT_EQ(after.step(), before.step());
  }
}

}  // namespace
}  // namespace mammograft
