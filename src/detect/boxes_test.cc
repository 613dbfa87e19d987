// Anchors, box coder, box operations and matcher against torchvision's answers and slow references.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

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

TEST(BoxCoder, RejectsWrongShapes) {
  const BoxCoder coder;
  const torch::Tensor boxes = torch::zeros({3, 4});
  EXPECT_ERROR(coder.encode(torch::zeros({3, 5}), boxes), defect,
               "boxes: found [3, 5], expected [?, 4]");
  EXPECT_ERROR(coder.encode(boxes, torch::zeros({2, 4})), defect,
               "anchors: found [2, 4], expected [3, 4]");
  EXPECT_ERROR(coder.decode(torch::zeros({3, 6}), boxes), defect,
               "deltas: found [3, 6], expected [3, 4]");
  EXPECT_ERROR(coder.decode(torch::zeros({2, 8}), boxes), defect,
               "deltas: found [2, 8], expected [3, ?]");
  EXPECT_ERROR(coder.decode(boxes, torch::zeros({3, 2, 2})), defect, "anchors: found [3, 2, 2]");
  EXPECT_EQ(coder.decode(torch::zeros({0, 8}), torch::zeros({0, 4})).sizes(), (List{0, 2, 4}));
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

// Boxes around a few places, the best first: many suppress, some of them in chains.
torch::Tensor crowded_boxes(int64_t count, uint64_t seed) {
  const torch::Tensor u = noise({count, 4}, seed);
  const torch::Tensor centre = 20 * torch::round(2 * u.slice(1, 0, 2)) + 6 * u.slice(1, 2, 4);
  const torch::Tensor half = 10 + 2 * u.slice(1, 2, 4).flip(1);
  return torch::cat({centre - half, centre + half}, 1);
}

TEST(BoxOps, NmsInRoundsIsGreedy) {
  const torch::Tensor lists = torch::stack({crowded_boxes(300, 1), crowded_boxes(300, 2)});
  for (const double threshold : {0.3, 0.5, 0.7}) {
    const torch::Tensor stays = nms_in_rounds(lists, threshold);
    for (int64_t n = 0; n < 2; ++n) {
      const torch::Tensor kept = nms(lists[n], torch::arange(300, 0, -1), threshold);
      ASSERT_GT(kept.size(0), 10);
      ASSERT_LT(kept.size(0), 200);
      EXPECT_EQ(list_of(torch::nonzero(stays[n]).squeeze(1)), list_of(kept)) << threshold;
    }
  }
}

TEST(BoxOps, FewRoundsOfNmsKeepOnlyWhatGreedyKeeps) {
  // A chain: each box overlaps the next one and no other.
  const torch::Tensor at = torch::arange(12) * 5.0f, zero = torch::zeros_like(at);
  const torch::Tensor chain = torch::stack({at, zero, at + 10, zero + 1}, 1);
  EXPECT_EQ(list_of(torch::nonzero(nms_in_rounds(chain, 0.3, 13)).squeeze(1)),
            (List{0, 2, 4, 6, 8, 10}));
  EXPECT_EQ(list_of(torch::nonzero(nms_in_rounds(chain, 0.3, 3)).squeeze(1)), (List{0, 2}));
  EXPECT_ERROR(nms_in_rounds(chain, 0.3, 4), defect, "odd");
}

TEST(BoxOps, RejectWrongShapes) {
  EXPECT_ERROR(box_iou(torch::zeros({3, 5}), torch::zeros({3, 4})), defect,
               "found [3, 5], expected [..., R, 4]");
  EXPECT_ERROR(nms(torch::zeros({4}), torch::zeros({1}), 0.5), defect, "found [4]");
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
    const List index = list_of(samples.index), positive = list_of(samples.positive);
    ASSERT_EQ(index.size(), 20u);
    ASSERT_EQ(list_of(samples.used), List(20, 1));
    ASSERT_EQ(samples.most_positive, 5);
    for (size_t i = 0; i < 20; ++i) {
      ASSERT_EQ(positive[i], i < 5);
      ASSERT_EQ(std::max(values[index[i]], kBackground) >= 0, i < 5);
      ASSERT_NE(values[index[i]], kBetween);
      ++chosen[index[i]];
    }
  }
  // Of 25 positives 5 are taken 400 times: 80 each, standard deviation 8.
  for (int64_t i = 0; i < 100; i += 4) EXPECT_NEAR(chosen[i], 80, 36) << i;
  Rng a(1), b(1);
  const List index = list_of(sample_balanced(matches, 20, 0.25, a).index);
  // What stands behind, if no loss looks at it, changes nothing.
  const torch::Tensor longer = torch::cat({matches, torch::full({9}, kBetween, torch::kLong)});
  EXPECT_EQ(list_of(sample_balanced(longer, 20, 0.25, b).index), index);
}

TEST(Matcher, NegativesFillUpWhatPositivesLeave) {
  Rng rng(1);
  const torch::Tensor matches = torch::tensor({int64_t{0}, kBackground, kBackground, kBackground});
  const Samples samples = sample_balanced(matches, 3, 0.5, rng);
  EXPECT_EQ(samples.index[0].item<int64_t>(), 0);
  EXPECT_EQ(list_of(samples.positive), (List{1, 0, 0}));
  EXPECT_EQ(list_of(samples.used), (List{1, 1, 1}));
  const Samples all = sample_balanced(matches, 256, 0.5, rng);
  List index = list_of(all.index);
  EXPECT_EQ(index[0], 0);
  std::sort(index.begin(), index.end());
  EXPECT_EQ(index, (List{0, 1, 2, 3}));
}

TEST(Matcher, PlacesWithoutAnEntryAreNotUsed) {
  Rng rng(1);
  const torch::Tensor matches =
      torch::tensor({kBetween, kBackground, kBetween, int64_t{1}, kBetween});
  const Samples samples = sample_balanced(matches, 4, 0.5, rng);
  EXPECT_EQ(list_of(samples.index.slice(0, 0, 2)), (List{3, 1}));
  EXPECT_EQ(list_of(samples.positive), (List{1, 0, 0, 0}));
  EXPECT_EQ(list_of(samples.used), (List{1, 1, 0, 0}));
  EXPECT_EQ(samples.most_positive, 2);
  EXPECT_EQ(sample_balanced(torch::zeros({0}, torch::kLong), 4, 0.5, rng).index.size(0), 0);
}

TEST(Matcher, EmptyBoxesAreLookedAtByNoLoss) {
  torch::Tensor matches = torch::full({3}, kBackground, torch::kLong);
  exclude_empty(matches,
                torch::tensor({{0.f, 0.f, 0.f, 0.f}, {1.f, 1.f, 2.f, 2.f}, {3.f, 1.f, 3.f, 9.f}}));
  EXPECT_EQ(list_of(matches), (List{kBetween, kBackground, kBetween}));
}

TEST(Matcher, RejectsWrongShapes) {
  EXPECT_ERROR(match(torch::zeros({3}), 0.5, 0.5, true), defect, "found [3], expected [?, ?]");
  torch::Tensor matches = torch::zeros({3}, torch::kLong);
  EXPECT_ERROR(exclude_ignored(matches, torch::zeros({2, 4}), torch::zeros({0, 4})), defect,
               "boxes: found [2, 4], expected [3, 4]");
  EXPECT_ERROR(exclude_ignored(matches, torch::zeros({3, 4}), torch::zeros({0})), defect,
               "ignored: found [0], expected [?, 4]");
  EXPECT_ERROR(exclude_empty(matches, torch::zeros({4})), defect, "found [4], expected [3, 4]");
  Rng rng(1);
  EXPECT_ERROR(sample_balanced(torch::zeros({2, 3}), 4, 0.5, rng), defect,
               "found [2, 3], expected [?]");
}

TEST(DetectorOptions, Presets) {
  EXPECT_EQ(detector_preset("light").strides(), (std::vector<int>{8, 16, 32, 64}));
  EXPECT_EQ(detector_preset("light").roi_levels(), 2);
  EXPECT_EQ(detector_preset("torchvision").strides(), (std::vector<int>{4, 8, 16, 32, 64}));
  EXPECT_EQ(detector_preset("torchvision").roi_levels(), 4);
  EXPECT_EQ(detector_preset("light", "retinanet").strides(), (std::vector<int>{8, 16, 32, 64}));
  DetectorOptions finer = detector_preset("light");
  finer.backbone.p2 = true;
  EXPECT_EQ(finer.strides(), (std::vector<int>{4, 8, 16, 32, 64}));
  EXPECT_EQ(finer.roi_levels(), 3) << "P5 and P6 have no lateral";
  EXPECT_EQ(detector_preset("light").fg_iou(), 0.6);
  EXPECT_EQ(detector_preset("light", "retinanet").fg_iou(), 0.5);
  EXPECT_ERROR(detector_preset("heavy"), usage, "heavy");
  EXPECT_ERROR(detector_preset("light", "yolo"), usage, "yolo");
}

// Of the preset `light` with one thing changed.
void check_changed(const std::function<void(DetectorOptions&)>& change) {
  DetectorOptions options = detector_preset("light");
  change(options);
  check(options);
}

TEST(DetectorOptions, OfEveryPresetAreInRange) {
  for (const char* preset : {"light", "torchvision", "paper"})
    for (const char* arch : {"mask_rcnn", "retinanet"}) check(detector_preset(preset, arch));
}

TEST(DetectorOptions, EveryLevelHasItsAnchorSizes) {
  const char* expected =
      "model.anchors.sizes: found 8, expected 10: model.anchors.sizes_per_level (2) for each of "
      "the 5 levels P2 to P6";
  EXPECT_ERROR(check_changed([](DetectorOptions& o) { o.backbone.p2 = true; }), usage, expected);
  EXPECT_ERROR(check_changed([](DetectorOptions& o) { o.backbone.last_level = 7; }), usage,
               "found 8, expected 10");
  EXPECT_ERROR(check_changed([](DetectorOptions& o) { o.anchors.sizes.push_back(300); }), usage,
               "found 9, expected 8");
  EXPECT_ERROR(check_changed([](DetectorOptions& o) { o.anchors.ratios.clear(); }), usage,
               "model.anchors.ratios: found none");
}

TEST(DetectorOptions, LevelsEndWhereTheyCan) {
  const auto ending = [](int last, bool layer4, bool p2) {
    BackboneOptions options;
    options.last_level = last, options.layer4 = layer4, options.p2 = p2;
    check(options);
  };
  ending(4, false, false);
  ending(8, true, false);
  EXPECT_ERROR(ending(3, false, false), usage, "last_level: found 3, expected 4 to 8");
  EXPECT_ERROR(ending(4, true, false), usage, "last_level: found 4, expected 5 to 8");
  EXPECT_ERROR(ending(40, false, true), usage, "last_level: found 40, expected 4 to 8");
  EXPECT_ERROR(ending(7, true, true), usage,
               "last_level: found 7, expected 6 with both p2 and layer4");
}

TEST(DetectorOptions, OutOfRangeAreNamed) {
  for (const double prior : {0.0, 1.0, -1.0, std::nan("")}) {
    EXPECT_ERROR(check_changed([&](DetectorOptions& o) { o.retina.prior = prior; }), usage,
                 "model.retina.prior: found");
  }
  EXPECT_ERROR(check_changed([](DetectorOptions& o) { o.backbone.fpn_channels = 0; }), usage,
               "model.backbone.fpn_channels");
  EXPECT_ERROR(check_changed([](DetectorOptions& o) { o.backbone.bn_eps = -1; }), usage,
               "model.backbone.bn_eps");
  EXPECT_ERROR(check_changed([](DetectorOptions& o) { o.rpn.bg_iou = 0.7; }), usage,
               "model.rpn.bg_iou, fg_iou: found 0.7 and 0.6");
  EXPECT_ERROR(check_changed([](DetectorOptions& o) { o.retina.max_detections = 0; }), usage,
               "model.retina.max_detections");
  EXPECT_ERROR(check_changed([](DetectorOptions& o) { o.input.mm_per_px = -1; }), usage,
               "model.input.mm_per_px");
  // The predictor of masks takes the pyramid's channels where there is nothing between.
  const auto masks = [](int convolutions, int channels) {
    return [=](DetectorOptions& o) {
      o.roi.mask_convolutions = convolutions, o.roi.mask_channels = channels;
    };
  };
  check_changed(masks(0, 128));
  check_changed(masks(1, 64));
  EXPECT_ERROR(check_changed(masks(0, 64)), usage,
               "model.roi.mask_channels: found 64, expected model.backbone.fpn_channels (128)");
}

}  // namespace
}  // namespace mammograft
