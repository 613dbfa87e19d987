#include "detect/batch.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/testing.h"
#include "detect/training_testing.h"

namespace mammograft {
namespace {

// A set whose first image has a mass of these outlines.
TrainingSet outlined_set(const TestFolder& folder, const std::vector<Polygon>& outlines) {
  Cohort cohort = test_cohort(folder.path());
  cohort.annotations.resize(1);
  cohort.images.resize(1);
  cohort.annotations[0].segmentation = outlines;
  cohort.annotations[0].bbox = bounds(outlines);
  return read_set(cohort);
}

TEST(Batch, MasksAreTheUnionOfTheOutlinesPixels) {
  const TestFolder folder;
  const TrainingSet set = outlined_set(
      folder, {{{20, 40}, {40, 40}, {40, 60}, {20, 60}}, {{30, 50}, {50, 50}, {50, 70}, {30, 70}}});
  const Batch batch = make_batch(set, no_change(), {0, 1}, kTestHeight, Rng(1));
  torch::Tensor expected = torch::zeros({128, 96}, torch::kByte);
  expected.slice(0, 40, 60).slice(1, 20, 40).fill_(1);
  expected.slice(0, 50, 70).slice(1, 30, 50).fill_(1);
  ASSERT_EQ(batch.targets[0].masks.sizes(), (std::vector<int64_t>{1, 128, 96}));
  EXPECT_TRUE(torch::equal(batch.targets[0].masks[0], expected));
  EXPECT_TRUE(torch::equal(batch.targets[0].boxes, torch::tensor({{20.f, 40.f, 50.f, 70.f}})));
}

TEST(Batch, ACirclesMaskHasItsAreaAndCentre) {
  const TestFolder folder;
  const TrainingSet set = outlined_set(folder, {test_circle({40.3, 60.7}, 12)});
  const torch::Tensor mask = make_batch(set, no_change(), {0, 1}, kTestHeight, Rng(1))
                                 .targets[0]
                                 .masks[0]
                                 .to(torch::kDouble);
  const double area = mask.sum().item<double>();
  EXPECT_NEAR(area, CV_PI * 144, 14);
  EXPECT_NEAR((mask.sum(0) * (torch::arange(96) + 0.5)).sum().item<double>() / area, 40.3, 0.15);
  EXPECT_NEAR((mask.sum(1) * (torch::arange(128) + 0.5)).sum().item<double>() / area, 60.7, 0.15);
}

TEST(Batch, ImagesShareACanvasAndTargetsFit) {
  const TestFolder folder;
  const TrainingSet set = read_set(test_cohort(folder.path()));
  AugmentOptions options;
  options.rotate_deg = 10;
  const Batch batch = make_batch(set, options, {3, 4}, 100, Rng(5));
  ASSERT_EQ(batch.images.dim(), 4);
  EXPECT_EQ(batch.images.size(0), 4);
  EXPECT_EQ(batch.images.size(1), 1);
  EXPECT_EQ(batch.images.size(2) % 32, 0);
  EXPECT_EQ(batch.images.size(3) % 32, 0);
  EXPECT_GE(batch.images.min().item<double>(), 0);
  EXPECT_LE(batch.images.max().item<double>(), 1);
  EXPECT_EQ(batch.images.slice(2, 100).abs().sum().item<double>(), 0) << "padding";
  ASSERT_EQ(batch.targets.size(), 4u);
  ASSERT_EQ(batch.rngs.size(), 4u);
  int64_t masses = 0;
  for (int64_t n = 0; n < 4; ++n) {
    const Target& t = batch.targets[n];
    const int64_t count = t.boxes.size(0);
    masses += count;
    EXPECT_EQ(t.labels.size(0), count);
    EXPECT_EQ(t.masks.sizes(),
              (std::vector<int64_t>{count, batch.images.size(2), batch.images.size(3)}));
    for (int64_t g = 0; g < count; ++g) {
      // Inside the outline it is brighter than around it, and the box is the outline's.
      const torch::Tensor mask = t.masks[g].to(torch::kBool), image = batch.images[n][0];
      const double inside = image.masked_select(mask).mean().item<double>();
      EXPECT_GT(inside, 0.8);
      const torch::Tensor box = t.boxes[g];
      const auto b = box.accessor<float, 1>();
      const torch::Tensor rows = torch::nonzero(mask.any(1)), columns = torch::nonzero(mask.any(0));
      EXPECT_NEAR(rows.min().item<double>(), b[1], 1);
      EXPECT_NEAR(rows.max().item<double>() + 1, b[3], 1);
      EXPECT_NEAR(columns.min().item<double>(), b[0], 1);
      EXPECT_NEAR(columns.max().item<double>() + 1, b[2], 1);
    }
  }
  EXPECT_EQ(masses, 2) << "every other draw";
}

TEST(Batch, PartsAreCutFromTheWholeOnItsCanvas) {
  const TestFolder folder;
  const TrainingSet set = read_set(test_cohort(folder.path()));
  bool canvas_of_others = false;  // the draws' own canvases differ, or this test says nothing
  for (int64_t step = 0; step < 24; ++step) {
    const Batch whole = make_batch(set, {}, {step, 4}, 100, Rng(5));
    for (int64_t part = 0; part < 2; ++part) {
      const Batch cut = make_batch(set, {}, {step, 4}, 100, Rng(5), {part, 2});
      EXPECT_TRUE(torch::equal(cut.images, whole.images.slice(0, 2 * part, 2 * part + 2)));
      ASSERT_EQ(cut.targets.size(), 2u);
      for (size_t n = 0; n < 2; ++n) {
        const Target &a = cut.targets[n], &b = whole.targets[2 * part + n];
        EXPECT_TRUE(torch::equal(a.boxes, b.boxes) && torch::equal(a.masks, b.masks));
        Rng rng = cut.rngs[n], same = whole.rngs[2 * part + n];
        EXPECT_EQ(rng.integer(1 << 30), same.integer(1 << 30));
      }
      const Batch alone = make_batch(set, {}, {2 * step + part, 2}, 100, Rng(5));
      canvas_of_others |= alone.images.sizes() != cut.images.sizes();
    }
  }
  EXPECT_TRUE(canvas_of_others);
}

TEST(Batch, DependsOnSeedAndStepAlone) {
  const TestFolder folder;
  const TrainingSet set = read_set(test_cohort(folder.path()));
  const Batch a = make_batch(set, {}, {5, 2}, 100, Rng(5));
  make_batch(set, {}, {1, 2}, 100, Rng(5));
  const Batch b = make_batch(set, {}, {5, 2}, 100, Rng(5)),
              c = make_batch(set, {}, {6, 2}, 100, Rng(5));
  EXPECT_TRUE(torch::equal(a.images, b.images));
  EXPECT_TRUE(torch::equal(a.targets[0].boxes, b.targets[0].boxes));
  EXPECT_TRUE(a.images.sizes() != c.images.sizes() || !torch::equal(a.images, c.images));
  // Two batches of one are one batch of two.
  const Batch first = make_batch(set, {}, {10, 1}, 100, Rng(5)),
              second = make_batch(set, {}, {11, 1}, 100, Rng(5));
  const auto same_part = [](const torch::Tensor& whole, const torch::Tensor& part) {
    return torch::equal(whole.slice(1, 0, part.size(2)).slice(2, 0, part.size(3)), part[0]);
  };
  EXPECT_TRUE(same_part(a.images[0], first.images));
  EXPECT_TRUE(same_part(a.images[1], second.images));
}

TEST(Batch, SidesArePaddedTo32) {
  EXPECT_EQ(padded(1), 32);
  EXPECT_EQ(padded(32), 32);
  EXPECT_EQ(padded(33), 64);
}

}  // namespace
}  // namespace mammograft
