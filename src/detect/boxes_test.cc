// Anchors, box coder, box operations and matcher against torchvision's answers and slow references.
#include <gtest/gtest.h>

#include "core/testing.h"
#include "detect/anchor_fit.h"
#include "detect/anchors.h"
#include "detect/box_coder.h"
#include "detect/box_ops.h"
#include "detect/matcher.h"
#include "detect/testing.h"

namespace mammograft {
namespace {

using List = std::vector<int64_t>;

TEST(Anchors, AreTorchvisions) {
  const Json& g = golden("anchors");
  AnchorOptions options;
  options.sizes = g["sizes"].get<std::vector<double>>();
  options.ratios = g["ratios"].get<std::vector<double>>();
  options.sizes_per_level = 2;
  const int64_t height = g["image"][0], width = g["image"][1];
  std::vector<torch::Tensor> levels;
  for (int level = 0; level < 2; ++level) {
    const int64_t h = g["maps"][level][0], w = g["maps"][level][1];
    levels.push_back(level_anchors(options, level, h, w, height / h, width / w));
    EXPECT_EQ(levels.back().size(0), h * w * anchors_per_location(options));
  }
  EXPECT_EQ(largest_difference(torch::cat(levels), tensor_of(g["all"])), 0);
}

TEST(Anchors, OfTheTorchvisionPreset) {
  const AnchorOptions options = detector_preset("torchvision").anchors;
  std::vector<torch::Tensor> base;
  for (int level = 0; level < 5; ++level) {
    base.push_back(base_anchors(level_sizes(options, level), options.ratios));
  }
  EXPECT_EQ(largest_difference(torch::cat(base), tensor_of(golden("anchors")["torchvision_base"])),
            0);
}

TEST(Anchors, TooFewSizesAreAUsageError) {
  AnchorOptions options;
  options.sizes = {32, 64, 128};
  EXPECT_ERROR(level_sizes(options, 1), usage, "anchors.sizes");
}

TEST(AnchorFit, FitsSmallMassesBetterAndKeepsWhatFits) {
  std::vector<Box> boxes;
  Rng rng(3);
  for (int i = 0; i < 60; ++i) {
    const double w = rng.uniform(6, 24), x = rng.uniform(0, 200), y = rng.uniform(0, 200);
    boxes.push_back({x, y, x + w, y + w * rng.uniform(0.8, 1.25)});
  }
  const AnchorOptions start;  // 24 px and more
  const std::vector<int> strides = {8, 16, 32, 64};
  const AnchorOptions fitted = fit_anchors(boxes, start, strides);
  EXPECT_GT(anchor_coverage(boxes, fitted, strides, 0.5).mean_iou,
            anchor_coverage(boxes, start, strides, 0.5).mean_iou);
  EXPECT_EQ(fitted.sizes.size(), start.sizes.size());
  EXPECT_EQ(fitted.ratios.size(), start.ratios.size());
  // Boxes that are anchors already: nothing can be better.
  std::vector<Box> perfect;
  for (double size : {start.sizes[0], start.sizes[4], start.sizes[7]}) {
    perfect.push_back({64 - size / 2, 64 - size / 2, 64 + size / 2, 64 + size / 2});
  }
  const AnchorCoverage coverage = anchor_coverage(perfect, start, strides, 0.5);
  EXPECT_EQ(coverage.share, 1);
  EXPECT_NEAR(coverage.mean_iou, 1, 1e-12);
  EXPECT_EQ(fit_anchors(perfect, start, strides).sizes, start.sizes);
  EXPECT_EQ(fit_anchors({}, start, strides).sizes, start.sizes);
}

TEST(BoxCoder, IsTorchvisions) {
  const Json& g = golden("coder");
  const torch::Tensor anchors = tensor_of(g["anchors"]), boxes = tensor_of(g["boxes"]);
  for (const Json& c : g["cases"]) {
    const BoxCoder coder{c["weights"].get<std::array<double, 4>>()};
    EXPECT_LT(largest_difference(coder.encode(boxes, anchors), tensor_of(c["encoded"])), 2e-5);
    const torch::Tensor expected = tensor_of(c["decoded"]);
    const torch::Tensor decoded = coder.decode(tensor_of(c["deltas"]), anchors);
    EXPECT_TRUE(torch::allclose(decoded, expected, 1e-5, 1e-3)) << c["weights"];
    EXPECT_TRUE(torch::isfinite(decoded).all().item<bool>());
  }
}

TEST(BoxCoder, DecodeUndoesEncode) {
  const Json& g = golden("coder");
  const torch::Tensor anchors = tensor_of(g["anchors"]), boxes = tensor_of(g["boxes"]);
  const BoxCoder coder{{10, 10, 5, 5}};
  EXPECT_LT(
      largest_difference(coder.decode(coder.encode(boxes, anchors), anchors).squeeze(1), boxes),
      1e-3);
  EXPECT_EQ(coder.encode(boxes.slice(0, 0, 0), anchors.slice(0, 0, 0)).size(0), 0);
}

TEST(BoxOps, IouIsTorchvisions) {
  const Json& g = golden("iou");
  EXPECT_LT(largest_difference(box_iou(tensor_of(g["a"]), tensor_of(g["b"])), tensor_of(g["iou"])),
            1e-6);
}

TEST(BoxOps, CoverIsTheShareOfTheFirstBox) {
  const torch::Tensor a = torch::tensor({{0.f, 0.f, 10.f, 10.f}}),
                      b = torch::tensor({{5.f, 0.f, 45.f, 20.f}});
  EXPECT_FLOAT_EQ(box_cover(a, b).item<float>(), 0.5f);
  EXPECT_FLOAT_EQ(box_cover(b, a).item<float>(), 50.0f / 800);
}

TEST(BoxOps, NmsIsTorchvisions) {
  const Json& g = golden("nms");
  const torch::Tensor boxes = tensor_of(g["boxes"]), scores = tensor_of(g["scores"]);
  const torch::Tensor groups = tensor_of(g["groups"]).to(torch::kLong);
  for (const Json& c : g["cases"]) {
    EXPECT_EQ(list_of(nms(boxes, scores, c["threshold"])), list_of(c["kept"]));
    EXPECT_EQ(list_of(batched_nms(boxes, scores, groups, c["threshold"])),
              list_of(c["kept_in_groups"]));
  }
}

TEST(BoxOps, NmsKeepsTheOrderOfTiesAndTakesNothing) {
  const torch::Tensor boxes =
      torch::tensor({{0.f, 0.f, 10.f, 10.f}, {0.f, 0.f, 10.f, 10.f}, {50.f, 0.f, 60.f, 10.f}});
  EXPECT_EQ(list_of(nms(boxes, torch::tensor({0.5f, 0.5f, 0.5f}), 0.5)), (List{0, 2}));
  EXPECT_EQ(list_of(nms(boxes, torch::tensor({0.1f, 0.5f, 0.3f}), 0.5)), (List{1, 2}));
  // IoU of exactly the threshold does not suppress.
  const torch::Tensor halves = torch::tensor({{0.f, 0.f, 10.f, 10.f}, {0.f, 0.f, 10.f, 5.f}});
  EXPECT_EQ(list_of(nms(halves, torch::tensor({0.9f, 0.8f}), 0.5)), (List{0, 1}));
  EXPECT_EQ(list_of(nms(halves, torch::tensor({0.9f, 0.8f}), 0.49)), (List{0}));
  EXPECT_EQ(nms(torch::zeros({0, 4}), torch::zeros({0}), 0.5).size(0), 0);
}

TEST(BoxOps, ClipAndSizes) {
  const torch::Tensor boxes =
      torch::tensor({{-5.f, -1.f, 30.f, 50.f}, {18.f, 38.f, 25.f, 70.f}, {3.f, 3.f, 4.f, 5.f}});
  const torch::Tensor expected =
      torch::tensor({{0.f, 0.f, 20.f, 40.f}, {18.f, 38.f, 20.f, 40.f}, {3.f, 3.f, 4.f, 5.f}});
  EXPECT_EQ(largest_difference(clip_boxes(boxes, /*height=*/40, /*width=*/20), expected), 0);
  EXPECT_EQ(list_of(keep_not_smaller(expected, 2)), (List{0, 1}));
}

TEST(Matcher, IsTorchvisions) {
  const Json& g = golden("matcher");
  for (const Json& c : g["cases"]) {
    EXPECT_EQ(list_of(match(tensor_of(g["iou"]), c["fg"], c["bg"], c["keep_best"])),
              list_of(c["matches"]))
        << c["fg"] << " " << c["bg"] << " " << c["keep_best"];
  }
}

TEST(Matcher, WithoutTruthEverythingIsBackground) {
  EXPECT_EQ(list_of(match(torch::zeros({0, 3}), 0.5, 0.5, true)),
            (List{kBackground, kBackground, kBackground}));
}

TEST(Matcher, ATruthThatNoAnchorTouchesTakesNone) {
  const torch::Tensor iou = torch::tensor({{0.f, 0.f, 0.f}, {0.1f, 0.2f, 0.f}});
  EXPECT_EQ(list_of(match(iou, 0.7, 0.3, true)), (List{kBackground, 1, kBackground}));
}

TEST(Matcher, BackgroundInIgnoredRegionsIsLeftOut) {
  const torch::Tensor boxes = torch::tensor({{0.f, 0.f, 10.f, 10.f},   // 60 % ignored
                                             {0.f, 0.f, 20.f, 10.f},   // 30 %
                                             {1.f, 1.f, 5.f, 5.f},     // wholly, but a match
                                             {0.f, 0.f, 6.f, 10.f}});  // wholly
  torch::Tensor matches = torch::tensor({kBackground, kBackground, int64_t{0}, kBackground});
  exclude_ignored(matches, boxes, torch::tensor({{0.f, 0.f, 6.f, 10.f}}));
  EXPECT_EQ(list_of(matches), (List{kBetween, kBackground, 0, kBetween}));
  exclude_ignored(matches, boxes, torch::zeros({0, 4}));
  EXPECT_EQ(list_of(matches), (List{kBetween, kBackground, 0, kBetween}));
}

TEST(Matcher, SamplesAreBalancedAndFair) {
  List values(100, kBackground);
  for (int64_t i = 0; i < 100; i += 4) values[i] = i % 3;      // 25 positive
  for (int64_t i = 1; i < 100; i += 10) values[i] = kBetween;  // never chosen
  const torch::Tensor matches = torch::tensor(values);
  std::vector<int> chosen(100, 0);
  for (uint64_t seed = 0; seed < 400; ++seed) {
    Rng rng(seed);
    const Samples samples = sample_balanced(matches, 20, 0.25, rng);
    ASSERT_EQ(samples.positive.size(0), 5);
    ASSERT_EQ(samples.negative.size(0), 15);
    for (int64_t i : list_of(samples.positive)) ASSERT_GE(values[i], 0);
    for (int64_t i : list_of(samples.negative)) ASSERT_EQ(values[i], kBackground);
    for (int64_t i : list_of(torch::cat({samples.positive, samples.negative}))) ++chosen[i];
  }
  // Of 25 positives 5 are taken 400 times: 80 each, standard deviation 8.
  for (int64_t i = 0; i < 100; i += 4) EXPECT_NEAR(chosen[i], 80, 36) << i;
  Rng a(1), b(1);
  EXPECT_EQ(list_of(sample_balanced(matches, 20, 0.25, a).negative),
            list_of(sample_balanced(matches, 20, 0.25, b).negative));
}

TEST(Matcher, NegativesFillUpWhatPositivesLeave) {
  Rng rng(1);
  const torch::Tensor matches = torch::tensor({int64_t{0}, kBackground, kBackground, kBackground});
  const Samples samples = sample_balanced(matches, 3, 0.5, rng);
  EXPECT_EQ(list_of(samples.positive), (List{0}));
  EXPECT_EQ(samples.negative.size(0), 2);
  const Samples all = sample_balanced(matches, 256, 0.5, rng);
  EXPECT_EQ(list_of(all.negative), (List{1, 2, 3}));
}

TEST(DetectorOptions, Presets) {
  EXPECT_EQ(detector_preset("light").strides(), (std::vector<int>{8, 16, 32, 64}));
  EXPECT_EQ(detector_preset("light").roi_levels(), 2);
  EXPECT_EQ(detector_preset("torchvision").strides(), (std::vector<int>{4, 8, 16, 32, 64}));
  EXPECT_EQ(detector_preset("torchvision").roi_levels(), 4);
  EXPECT_EQ(detector_preset("light", "retinanet").strides(), (std::vector<int>{8, 16, 32, 64}));
  EXPECT_EQ(detector_preset("light").fg_iou(), 0.6);
  EXPECT_EQ(detector_preset("light", "retinanet").fg_iou(), 0.5);
  EXPECT_ERROR(detector_preset("heavy"), usage, "heavy");
  EXPECT_ERROR(detector_preset("light", "yolo"), usage, "yolo");
}

}  // namespace
}  // namespace mammograft
