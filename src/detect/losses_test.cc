// The losses of both stages: against references written out anchor by anchor, and their gradients
// against finite differences.
#include <gtest/gtest.h>

#include <cmath>

#include "core/testing.h"
#include "detect/losses_testing.h"
#include "detect/roi_align.h"
#include "detect/roi_heads.h"
#include "detect/rpn.h"

namespace mammograft {
namespace {

DetectorOptions tiny_options() {
  DetectorOptions options = detector_preset("light");
  options.backbone.fpn_channels = 8;
  options.anchors.sizes = {8, 12, 16, 24, 32, 40, 48, 64};
  options.rpn.samples = 1 << 20;  // every anchor: no chance
  options.roi.samples = 1 << 20;
  options.roi.box_features = 16;
  options.roi.mask_channels = 8;
  options.roi.mask_convolutions = 1;
  return options;
}

std::vector<Rng> rngs() { return {Rng(1), Rng(2)}; }

double smooth_l1(double difference) {
  const double beta = 1.0 / 9, d = std::abs(difference);
  return d < beta ? 0.5 * d * d / beta : d - 0.5 * beta;
}

// Sum of the four terms for one box; deltas: what the network says.
double box_loss(const Box& truth, const Box& anchor, const float* deltas, double xy, double wh) {
  const double t[4] = {xy * (truth.center().x - anchor.center().x) / anchor.width(),
                       xy * (truth.center().y - anchor.center().y) / anchor.height(),
                       wh * std::log(truth.width() / anchor.width()),
                       wh * std::log(truth.height() / anchor.height())};
  double sum = 0;
  for (int i = 0; i < 4; ++i) sum += smooth_l1(deltas[i] - t[i]);
  return sum;
}

double binary_cross_entropy(double logit, double truth) {
  const double p = 1 / (1 + std::exp(-logit));
  return -truth * std::log(p) - (1 - truth) * std::log(1 - p);
}

struct RpnCase {
  RpnCase()
      : options(tiny_options()), rpn(options), levels(pyramid(2, 4, 7)), targets(two_targets()) {
    fill_weights(*rpn, 0.3);
  }
  RpnLosses losses() {
    auto r = rngs();
    return rpn->losses(rpn->forward(levels, kSide, kSide), targets, r);
  }
  DetectorOptions options;
  Rpn rpn;
  std::vector<torch::Tensor> levels;
  std::vector<Target> targets;
};

TEST(RpnLosses, AreTheSlowReference) {
  RpnCase c;
  const RpnOutput out = c.rpn->forward(c.levels, kSide, kSide);
  std::vector<Box> anchors;
  for (int64_t i = 0; i < out.anchors.size(0); ++i) anchors.push_back(box_of(out.anchors, i));
  double objectness = 0, box = 0;
  int64_t samples = 0, positive = 0, unused = 0;
  for (int64_t n = 0; n < 2; ++n) {
    const auto matches =
        slow_match(anchors, c.targets[n], c.options.rpn.fg_iou, c.options.rpn.bg_iou, true);
    const torch::Tensor deltas = out.deltas[n].detach().contiguous();
    for (size_t i = 0; i < anchors.size(); ++i) {
      const double logit = out.logits[n][static_cast<int64_t>(i)].item<double>();
      if (matches[i] == -2) {
        ++unused;
        continue;
      }
      ++samples;
      objectness += binary_cross_entropy(logit, matches[i] >= 0 ? 1 : 0);
      if (matches[i] < 0) continue;
      ++positive;
      box += box_loss(box_of(c.targets[n].boxes, matches[i]), anchors[i],
                      deltas.data_ptr<float>() + 4 * i, 1, 1);
    }
  }
  ASSERT_GE(positive, 2);
  ASSERT_GT(unused, 20) << "ignored regions and near misses";
  const RpnLosses losses = c.losses();
  EXPECT_NEAR(losses.objectness.item<double>(), objectness / samples, 1e-5);
  EXPECT_NEAR(losses.box.item<double>(), box / samples, 1e-5);
}

TEST(RpnLosses, GradientsAreFiniteDifferences) {
  RpnCase c;
  expect_gradient(c.levels, [&] { return c.losses().objectness; });
  expect_gradient(c.levels, [&] { return 50 * c.losses().box; });
}

TEST(RpnLosses, AnImageWithoutMassesHasNoBoxLoss) {
  RpnCase c;
  c.targets[0] = c.targets[1];
  const RpnLosses losses = c.losses();
  EXPECT_EQ(losses.box.item<double>(), 0);
  (losses.objectness + losses.box).backward();
  EXPECT_GT(c.levels[0].grad().abs().sum().item<double>(), 0);
}

TEST(Rpn, AnchorsAndOutputsBelongTogether) {
  // A network whose logits and deltas at a location are known: one cell of one level lights up.
  RpnCase c;
  torch::NoGradGuard no_grad;
  fill_weights(*c.rpn, 0);
  c.rpn->head->conv->weight.select(2, 1).select(2, 1).copy_(torch::eye(8));  // the centre: identity
  c.rpn->head->cls_logits->weight.index_put_({4, 0}, torch::tensor(1.f));  // anchor 4 of a location
  c.rpn->head->bbox_pred->weight.index_put_({4 * 4 + 2, 0}, torch::tensor(1.f));  // its dw
  for (auto& level : c.levels) level.zero_();
  c.levels[1][0][0][2][3] = 0.5;  // stride 16: location (x 48, y 32)
  const RpnOutput out = c.rpn->forward(c.levels, kSide, kSide);
  const int64_t at = out.logits[0].argmax().item<int64_t>();
  EXPECT_FLOAT_EQ(out.logits[0][at].item<float>(), 0.5);
  EXPECT_EQ(at, 8 * 8 * 6 + (2 * 4 + 3) * 6 + 4);
  EXPECT_FLOAT_EQ(out.deltas[0][at][2].item<float>(), 0.5);
  EXPECT_EQ(out.deltas.count_nonzero().item<int64_t>(), 1);
  // ratios outer, sizes inner: anchor 4 has the third ratio (1.4) and the first size (16).
  const Box anchor = box_of(out.anchors, at);
  EXPECT_EQ(anchor.center(), (Point{48, 32}));
  EXPECT_NEAR(anchor.height() / anchor.width(), 1.4, 0.2);
  EXPECT_NEAR(std::sqrt(anchor.area()), 16, 1);
  // The best proposal is that anchor, e^0.5 as wide, clipped to the image.
  const Proposals proposals = c.rpn->propose(out, kSide, kSide, false);
  const Box best = box_of(proposals.boxes[0], 0);
  EXPECT_FLOAT_EQ(proposals.scores[0][0].item<float>(), 0.5);
  EXPECT_NEAR(best.x0, 48 - anchor.width() * std::exp(0.5) / 2, 1e-3);
  EXPECT_NEAR(best.x1, std::min(64.0, 48 + anchor.width() * std::exp(0.5) / 2), 1e-3);
  EXPECT_NEAR(best.height(), anchor.height(), 1e-3);
}

TEST(Rpn, ProposalsKeepTheirLimits) {
  RpnCase c;
  c.options.rpn.pre_nms_test = 20;
  c.options.rpn.post_nms_test = 15;
  Rpn rpn(c.options);
  fill_weights(*rpn, 0.3);
  const Proposals proposals =
      rpn->propose(rpn->forward(c.levels, kSide, kSide), kSide, kSide, false);
  ASSERT_EQ(proposals.boxes.size(), 2u);
  for (int n = 0; n < 2; ++n) {
    const torch::Tensor &boxes = proposals.boxes[n], &scores = proposals.scores[n];
    EXPECT_LE(boxes.size(0), 15);
    EXPECT_GT(boxes.size(0), 5);
    EXPECT_FALSE(boxes.requires_grad());
    EXPECT_GE(boxes.min().item<double>(), 0);
    EXPECT_LE(boxes.max().item<double>(), kSide);
    EXPECT_TRUE((scores.slice(0, 1) <= scores.slice(0, 0, -1)).all().item<bool>());
  }
}

struct RoiCase {
  RoiCase()
      : options(tiny_options()), heads(options), levels(pyramid(2, 2, 17)), targets(two_targets()) {
    fill_weights(*heads, 0.15);
    proposals = {torch::tensor({{5.f, 9.f, 26.f, 31.f},     // the first mass
                                {8.f, 6.f, 28.f, 27.f},     // again
                                {41.f, 31.f, 58.f, 44.f},   // the second, which has no outline
                                {34.f, 2.f, 50.f, 15.f},    // ignored
                                {2.f, 40.f, 20.f, 60.f}}),  // background
                 torch::tensor({{10.f, 10.f, 30.f, 30.f}, {0.f, 0.f, 60.f, 60.f}})};
  }
  RoiLosses losses() {
    auto r = rngs();
    return heads->losses(levels, proposals, targets, r);
  }
  DetectorOptions options;
  RoiHeads heads;
  std::vector<torch::Tensor> levels, proposals;
  std::vector<Target> targets;
};

TEST(RoiLosses, AreTheSlowReference) {
  RoiCase c;
  const auto matches_expected =
      std::vector<int64_t>{0, 0, 1, -2, -1, 0, 1};  // proposals, then the truth
  double classification = 0, box = 0, mask = 0;
  int64_t samples = 0, masks = 0;
  for (int64_t n = 0; n < 2; ++n) {
    const Target& target = c.targets[n];
    const torch::Tensor candidates = torch::cat({c.proposals[n], target.boxes});
    std::vector<Box> boxes;
    for (int64_t i = 0; i < candidates.size(0); ++i) boxes.push_back(box_of(candidates, i));
    const auto matches =
        slow_match(boxes, target, c.options.roi.fg_iou, c.options.roi.bg_iou, false);
    if (n == 0) {
      ASSERT_EQ(matches, matches_expected);
    }
    for (int64_t i = 0; i < candidates.size(0); ++i) {
      if (matches[i] == -2) continue;
      ++samples;
      const torch::Tensor roi = candidates.slice(0, i, i + 1),
                          image = torch::full({1}, n, torch::kLong);
      const torch::Tensor hidden =
          c.heads->box_head(pyramid_roi_align(c.levels, {8, 16}, roi, image, kBoxBins));
      const torch::Tensor logits = c.heads->box_predictor->cls_score(hidden)[0].to(torch::kDouble);
      const torch::Tensor deltas =
          c.heads->box_predictor->bbox_pred(hidden)[0].detach().contiguous();
      const int64_t label = matches[i] >= 0 ? 1 : 0;
      classification -= std::log((logits[label].exp() / logits.exp().sum()).item<double>());
      if (label == 0) continue;
      box +=
          box_loss(box_of(target.boxes, matches[i]), boxes[i], deltas.data_ptr<float>() + 4, 10, 5);
      if (!target.has_mask[matches[i]].item<bool>()) continue;
      ++masks;
      const torch::Tensor truth =
          roi_align(target.masks[matches[i]].view({1, 1, kSide, kSide}).to(torch::kFloat), roi,
                    torch::zeros({1}, torch::kLong), {kMaskSize, 1.0, -1, false})[0][0];
      const torch::Tensor said = c.heads->mask_predictor(
          c.heads->mask_head(pyramid_roi_align(c.levels, {8, 16}, roi, image, kMaskBins)))[0][1];
      for (int y = 0; y < kMaskSize; ++y) {
        for (int x = 0; x < kMaskSize; ++x) {
          mask += binary_cross_entropy(said[y][x].item<double>(), truth[y][x].item<double>());
        }
      }
    }
  }
  ASSERT_EQ(masks, 3);
  ASSERT_EQ(samples, 8);
  const RoiLosses losses = c.losses();
  EXPECT_NEAR(losses.classification.item<double>(), classification / samples, 1e-5);
  EXPECT_NEAR(losses.box.item<double>(), box / samples, 1e-4);
  EXPECT_NEAR(losses.mask.item<double>(), mask / (masks * kMaskSize * kMaskSize), 1e-5);
  EXPECT_EQ(losses.samples.item<int64_t>(), samples);
  EXPECT_EQ(losses.masks.item<int64_t>(), masks);
}

TEST(RoiLosses, GradientsAreFiniteDifferences) {
  RoiCase c;
  expect_gradient(c.levels, [&] { return c.losses().classification; });
  expect_gradient(c.levels, [&] { return c.losses().box; });
  expect_gradient(c.levels, [&] { return c.losses().mask; });
}

TEST(RoiLosses, WithoutOutlinesTheMaskLossIsZeroAndHarmless) {
  RoiCase c;
  c.targets[0].has_mask.fill_(false);
  const RoiLosses losses = c.losses();
  EXPECT_EQ(losses.mask.item<double>(), 0);
  (losses.classification + losses.box + losses.mask).backward();
  for (const torch::Tensor& p : c.heads->mask_head->parameters()) EXPECT_FALSE(p.grad().defined());
}

TEST(RoiLosses, ImagesWithoutMassesAndWithoutProposals) {
  RoiCase c;
  c.targets[0] = c.targets[1];
  c.proposals[1] = torch::zeros({0, 4});
  const RoiLosses losses = c.losses();
  EXPECT_EQ(losses.box.item<double>(), 0);
  EXPECT_EQ(losses.mask.item<double>(), 0);
  EXPECT_TRUE(std::isfinite(losses.classification.item<double>()));
}

TEST(RoiHeads, DetectionsFallInScoreAndStayInTheImage) {
  RoiCase c;
  torch::NoGradGuard no_grad;
  const auto found = c.heads->detect(c.levels, c.proposals, kSide, kSide, true, 0);
  ASSERT_EQ(found.size(), 2u);
  for (const ImageDetections& image : found) {
    ASSERT_GT(image.boxes.size(0), 0);
    EXPECT_TRUE((image.scores.slice(0, 1) <= image.scores.slice(0, 0, -1)).all().item<bool>());
    EXPECT_GE(image.boxes.min().item<double>(), 0);
    EXPECT_LE(image.boxes.max().item<double>(), kSide);
    EXPECT_TRUE((image.labels == 1).all().item<bool>());
    EXPECT_EQ(image.masks.sizes(),
              (std::vector<int64_t>{image.boxes.size(0), kMaskSize, kMaskSize}));
  }
  // Masks only for scores from the floor on.
  const double floor = found[0].scores[0].item<double>();
  EXPECT_EQ(c.heads->detect(c.levels, c.proposals, kSide, kSide, true, floor)[0].masks.size(0), 1);
  EXPECT_EQ(c.heads->detect(c.levels, c.proposals, kSide, kSide, false, 0)[0].masks.size(0), 0);
  // Images of a batch do not mix: the second one alone gives the same.
  const auto alone = c.heads->detect({c.levels[0].slice(0, 1), c.levels[1].slice(0, 1)},
                                     {c.proposals[1]}, kSide, kSide, true, 0);
  EXPECT_LT(largest_difference(alone[0].boxes, found[1].boxes), 1e-4);
  EXPECT_LT(largest_difference(alone[0].masks, found[1].masks), 1e-5);
}

TEST(RoiHeads, NoProposalsNoDetections) {
  RoiCase c;
  torch::NoGradGuard no_grad;
  c.proposals[0] = torch::zeros({0, 4});
  const auto found = c.heads->detect(c.levels, c.proposals, kSide, kSide, true, 0);
  EXPECT_EQ(found[0].boxes.size(0), 0);
  EXPECT_GT(found[1].boxes.size(0), 0);
}

TEST(Target, RejectsWrongShapes) {
  const Target right = two_targets()[0];
  check(right);
  const auto with = [&](torch::Tensor Target::* part, const torch::Tensor& tensor) {
    Target wrong = right;
    wrong.*part = tensor;
    return wrong;
  };
  EXPECT_ERROR(check(with(&Target::boxes, torch::zeros({2, 5}))), defect,
               "target: boxes: found [2, 5], expected [?, 4]");
  EXPECT_ERROR(check(with(&Target::labels, torch::zeros({3}))), defect,
               "target: labels: found [3], expected [2]");
  EXPECT_ERROR(check(with(&Target::masks, torch::zeros({1, 8, 8}))), defect,
               "target: masks: found [1, 8, 8], expected [2, ?, ?]");
  EXPECT_ERROR(check(with(&Target::has_mask, torch::zeros({2, 1}))), defect,
               "target: has_mask: found [2, 1], expected [2]");
  EXPECT_ERROR(check(with(&Target::ignored, {})), defect, "target: ignored: found no tensor");
}

TEST(Rpn, RejectsWrongShapes) {
  RpnCase c;
  RpnMaps maps = c.rpn->head(c.levels);
  maps.deltas[1] = torch::zeros({2, 4, 4, 4});
  EXPECT_ERROR(c.rpn->collect(maps, kSide, kSide), defect,
               "rpn: deltas of a level: found [2, 4, 4, 4], expected [2, 24, 4, 4]");
  maps.logits[2] = torch::zeros({1, 6, 2, 2});
  maps.deltas[1] = torch::zeros({2, 24, 4, 4});
  EXPECT_ERROR(c.rpn->collect(maps, kSide, kSide), defect,
               "rpn: logits of a level: found [1, 6, 2, 2], expected [2, 6, ?, ?]");
  maps.logits.pop_back();
  EXPECT_ERROR(c.rpn->collect(maps, kSide, kSide), defect, "3 levels of logits and 4 of deltas");

  const RpnOutput right = c.rpn->forward(c.levels, kSide, kSide);
  RpnOutput wrong = right;
  wrong.anchors = right.anchors.slice(0, 1);
  EXPECT_ERROR(c.rpn->propose(wrong, kSide, kSide, false), defect, "rpn: logits: found [2, 510]");
  wrong = right;
  wrong.deltas = right.deltas.slice(2, 0, 3);
  EXPECT_ERROR(c.rpn->propose(wrong, kSide, kSide, true), defect, "rpn: deltas: found [2, 510, 3]");
  wrong = right;
  ++wrong.level_sizes[0];
  auto r = rngs();
  EXPECT_ERROR(c.rpn->losses(wrong, c.targets, r), defect, "found 511 anchors, expected 510");
  EXPECT_ERROR(c.rpn->losses(right, {c.targets[0]}, r), defect, "1 targets and 2 rngs, expected 2");
  c.targets[1].ignored = torch::zeros({4});
  EXPECT_ERROR(c.rpn->losses(right, c.targets, r), defect, "ignored: found [4]");
}

TEST(RoiHeads, RejectWrongShapes) {
  RoiCase c;
  const auto detect = [&](const std::vector<torch::Tensor>& levels,
                          const std::vector<torch::Tensor>& proposals) {
    return c.heads->detect(levels, proposals, kSide, kSide, true, 0);
  };
  EXPECT_ERROR(detect({torch::zeros({2, 7, 8, 8})}, c.proposals), defect,
               "features of a level: found [2, 7, 8, 8], expected [2, 8, ?, ?]");
  EXPECT_ERROR(detect(c.levels, {c.proposals[0]}), defect, "expected [1, 8, ?, ?]");
  EXPECT_ERROR(detect(c.levels, {c.proposals[0], torch::zeros({4})}), defect,
               "proposals of an image: found [4], expected [?, 4]");
  EXPECT_ERROR(detect({}, c.proposals), defect, "found 0 levels");
  EXPECT_ERROR(c.heads->box_head(torch::zeros({1, 8, 14, 14})), defect,
               "box head: regions: found [1, 8, 14, 14], expected [?, 8, 7, 7]");
  EXPECT_ERROR(c.heads->mask_predictor(torch::zeros({1, 9, 14, 14})), defect,
               "mask predictor: regions: found [1, 9, 14, 14], expected [?, 8, ?, ?]");
  auto r = rngs();
  r.pop_back();
  EXPECT_ERROR(c.heads->losses(c.levels, c.proposals, c.targets, r), defect,
               "2 targets and 1 rngs, expected 2");
  r = rngs();
  c.targets[0].labels = torch::ones({1}, torch::kLong);
  EXPECT_ERROR(c.heads->losses(c.levels, c.proposals, c.targets, r), defect,
               "labels: found [1], expected [2]");
}

}  // namespace
}  // namespace mammograft
