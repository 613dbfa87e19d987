// RetinaNet's head: against torchvision, against references written out anchor by anchor, and its
// gradients against finite differences.
#include "detect/retina_head.h"

#include <gtest/gtest.h>
#include <torch/optim.h>

#include <cmath>

#include "core/testing.h"
#include "detect/anchors.h"
#include "detect/focal_loss.h"
#include "detect/fpn.h"
#include "detect/losses_testing.h"
#include "detect/testing.h"
#include "nn/weights.h"

namespace mammograft {
namespace {

double slow_focal(double logit, double truth, double alpha, double gamma) {
  const double p = 1 / (1 + std::exp(-logit)), p_t = truth > 0 ? p : 1 - p;
  return -(truth > 0 ? alpha : 1 - alpha) * std::pow(1 - p_t, gamma) * std::log(p_t);
}

TEST(FocalLoss, IsTorchvisionsWithItsGradient) {
  const Json& g = golden("focal");
  for (const Json& c : g["cases"]) {
    torch::Tensor logits = tensor_of(g["logits"]).set_requires_grad(true);
    const torch::Tensor loss =
        focal_loss(logits, tensor_of(g["targets"]), c["alpha"], c["gamma"]).sum();
    loss.backward();
    EXPECT_NEAR(loss.item<double>(), c["sum"].get<double>(), 1e-5 * c["sum"].get<double>());
    EXPECT_LT(largest_difference(logits.grad(), tensor_of(c["gradient"])), 2e-6);
  }
}

TEST(FocalLoss, SureAnswersStayFinite) {
  torch::Tensor logits = torch::tensor({-500.f, 500.f, -500.f, 500.f}).set_requires_grad(true);
  const torch::Tensor loss =
      focal_loss(logits, torch::tensor({0.f, 1.f, 1.f, 0.f}), 0.25, 0.5).sum();
  EXPECT_NEAR(loss.item<double>(), 0.25 * 500 + 0.75 * 500, 1e-3);
  loss.backward();
  EXPECT_LT(largest_difference(logits.grad(), torch::tensor({0.f, 0.f, -0.25f, 0.75f})), 1e-6);
}

// The head that made the golden file, with torchvision's weights.
struct GoldenHead {
  GoldenHead() {
    DetectorOptions options;
    options.backbone.fpn_channels = 4;
    options.classes = 3;
    options.anchors = {.sizes = g["sizes"].get<std::vector<double>>(),
                       .sizes_per_level = 1,
                       .ratios = g["ratios"].get<std::vector<double>>()};
    options.retina.candidates = g["topk_candidates"];
    options.retina.nms_iou = g["nms_thresh"];
    options.retina.max_detections = g["detections_per_img"];
    head = RetinaHead(options);
    TensorMap weights;
    for (const auto& item : g["weights"].items()) weights[item.key()] = tensor_of(item.value());
    report = load_into(weights, *head);
    for (const Json& level : g["levels"])
      levels.push_back(tensor_of(level).set_requires_grad(true));
    Target with, without;
    with.boxes = tensor_of(g["boxes"]);
    with.labels = torch::tensor(list_of(g["classes"])) + 1;
    with.ignored = without.ignored = without.boxes = torch::zeros({0, 4});
    without.labels = torch::zeros({0}, torch::kLong);
    targets = {with, without};
  }
  RetinaOutput forward() { return head->forward(levels, g["image"][0], g["image"][1]); }
  const Json& g = golden("retina");
  RetinaHead head{nullptr};
  LoadReport report;
  std::vector<torch::Tensor> levels;
  std::vector<Target> targets;
};

TEST(RetinaHead, SpeaksAsTorchvisions) {
  GoldenHead c;
  EXPECT_EQ(c.report.loaded.size(), c.g["weights"].size());
  EXPECT_TRUE(c.report.missing.empty() && c.report.unused.empty() && c.report.mismatched.empty());
  const RetinaOutput out = c.forward();
  EXPECT_LT(largest_difference(out.logits, tensor_of(c.g["logits"])), 2e-5);
  EXPECT_LT(largest_difference(out.deltas, tensor_of(c.g["deltas"])), 2e-5);
  torch::NoGradGuard no_grad;  // inference has convolutions of its own
  EXPECT_LT(largest_difference(c.forward().logits, tensor_of(c.g["logits"])), 1e-4);
}

TEST(RetinaHead, LosesAsTorchvisionsAndLearnsAsIt) {
  GoldenHead c;
  const RetinaLosses losses = c.head->losses(c.forward(), c.targets);
  EXPECT_NEAR(losses.classification.item<double>(), c.g["losses"]["classification"], 1e-4);
  EXPECT_NEAR(losses.box.item<double>(), c.g["losses"]["bbox_regression"], 1e-5);
  (losses.classification + losses.box).backward();
  for (size_t i = 0; i < c.levels.size(); ++i)
    EXPECT_LT(largest_difference(c.levels[i].grad(), tensor_of(c.g["gradients"][i])), 2e-4);
}

TEST(RetinaHead, FindsWhatTorchvisionsFinds) {
  GoldenHead c;
  torch::NoGradGuard no_grad;
  const auto found = c.head->detect(c.forward(), c.g["image"][0], c.g["image"][1]);
  ASSERT_EQ(found.size(), 2u);
  for (size_t n = 0; n < 2; ++n) {
    const Json& g = c.g["found"][n];
    EXPECT_EQ(list_of(found[n].labels - 1), list_of(tensor_of(g["labels"])));
    EXPECT_LT(largest_difference(found[n].scores, tensor_of(g["scores"])), 1e-5);
    EXPECT_LT(largest_difference(found[n].boxes, tensor_of(g["boxes"])), 1e-3);
    EXPECT_EQ(found[n].masks.size(0), 0);
  }
}

DetectorOptions tiny_retina_options() {
  DetectorOptions options = detector_preset("light", "retinanet");
  options.backbone.fpn_channels = 8;
  options.anchors.sizes = {8, 12, 16, 24, 32, 40, 48, 64};
  return options;
}

struct RetinaCase {
  RetinaCase() : head(tiny_retina_options()), levels(pyramid(2, 4, 7)), targets(two_targets()) {
    fill_weights(*head, 0.2);
  }
  RetinaOutput forward() { return head->forward(levels, kSide, kSide); }
  RetinaLosses losses() { return head->losses(forward(), targets); }
  RetinaHead head;
  std::vector<torch::Tensor> levels;
  std::vector<Target> targets;
};

TEST(RetinaLosses, AreTheSlowReference) {
  RetinaCase c;
  const RetinaOptions& retina = c.head->options.retina;
  const RetinaOutput out = c.forward();
  std::vector<Box> anchors;
  for (int64_t i = 0; i < out.anchors.size(0); ++i) anchors.push_back(box_of(out.anchors, i));
  double classification = 0, box = 0;
  int64_t unused = 0;
  for (int64_t n = 0; n < 2; ++n) {
    const auto matches = slow_match(anchors, c.targets[n], retina.fg_iou, retina.bg_iou, true);
    double focal = 0, l1 = 0;
    int64_t positive = 0;
    for (size_t i = 0; i < anchors.size(); ++i) {
      const auto at = static_cast<int64_t>(i);
      if (matches[i] == -2) {
        ++unused;
        continue;
      }
      focal += slow_focal(out.logits[n][at][0].item<double>(), matches[i] >= 0 ? 1 : 0,
                          retina.focal_alpha, retina.focal_gamma);
      if (matches[i] < 0) continue;
      ++positive;
      const Box &a = anchors[i], t = box_of(c.targets[n].boxes, matches[i]);
      const double expected[4] = {
          (t.center().x - a.center().x) / a.width(), (t.center().y - a.center().y) / a.height(),
          std::log(t.width() / a.width()), std::log(t.height() / a.height())};
      for (int64_t k = 0; k < 4; ++k)
        l1 += std::abs(out.deltas[n][at][k].item<double>() - expected[k]);
    }
    if (n == 0) {
      ASSERT_GE(positive, 2);
    }
    classification += focal / std::max<int64_t>(positive, 1) / 2;  // mean of two images
    box += l1 / std::max<int64_t>(positive, 1) / 2;
  }
  ASSERT_GT(unused, 20) << "ignored regions and near misses";
  const RetinaLosses losses = c.losses();
  EXPECT_NEAR(losses.classification.item<double>(), classification, 1e-5 * classification);
  EXPECT_NEAR(losses.box.item<double>(), box, 1e-5 * box);
}

TEST(RetinaLosses, GradientsAreFiniteDifferences) {
  RetinaCase c;
  RetinaOutput out = c.forward();
  out.logits = out.logits.detach().set_requires_grad(true);
  // Far from every truth, so that no difference lies across the kink of L1.
  out.deltas = (3 * noise(out.deltas.sizes(), 9).sign()).set_requires_grad(true);
  const auto losses = [&] { return c.head->losses(out, c.targets); };
  expect_gradient({out.logits}, [&] { return losses().classification; });
  expect_gradient({out.deltas}, [&] { return losses().box; });
}

TEST(RetinaLosses, WithoutMassesOnlyTheBackgroundTeaches) {
  RetinaCase c;
  c.targets[0] = c.targets[1];
  const RetinaLosses losses = c.losses();
  EXPECT_EQ(losses.box.item<double>(), 0);
  (losses.classification + losses.box).backward();
  EXPECT_GT(c.levels[0].grad().abs().sum().item<double>(), 0);
}

TEST(RetinaHead, StartsWithThePriorEverywhere) {
  torch::manual_seed(3);
  RetinaHead head(tiny_retina_options());
  const RetinaOutput out = head->forward(pyramid(1, 4, 7), kSide, kSide);
  EXPECT_LT(largest_difference(torch::sigmoid(out.logits), torch::full_like(out.logits, 0.01)),
            2e-3);
}

TEST(RetinaHead, KeepsItsLimitsWithoutAScoreFloor) {
  RetinaCase c;
  torch::NoGradGuard no_grad;
  c.head->options.retina.candidates = 20;
  c.head->options.retina.max_detections = 15;
  const auto found = c.head->detect(c.forward(), kSide, kSide);
  for (const ImageDetections& image : found) {
    EXPECT_EQ(image.boxes.size(0), 15);
    EXPECT_TRUE((image.scores.slice(0, 1) <= image.scores.slice(0, 0, -1)).all().item<bool>());
    EXPECT_GE(image.boxes.min().item<double>(), 0);
    EXPECT_LE(image.boxes.max().item<double>(), kSide);
  }
  // However unlikely: no floor but the one that is asked for.
  c.head->classification_head->predictor->bias.sub_(30);
  EXPECT_EQ(c.head->detect(c.forward(), kSide, kSide)[0].boxes.size(0), 15);
  c.head->options.retina.score_floor = 0.5;
  EXPECT_EQ(c.head->detect(c.forward(), kSide, kSide)[0].boxes.size(0), 0);
}

// A pyramid in which the first channel shows a mass, the others noise.
std::vector<torch::Tensor> phantom_pyramid(const Target& target, uint64_t seed) {
  std::vector<torch::Tensor> levels = pyramid(1, 4, seed);
  for (torch::Tensor& level : levels) {
    level = 0.2 * level.detach();
    const torch::Tensor shown =
        torch::adaptive_avg_pool2d(target.masks.to(torch::kFloat), {level.size(2), level.size(3)});
    level.select(1, 0).add_(shown);
  }
  return levels;
}

Target one_mass(uint64_t seed) {
  Rng rng(seed);
  const double side = rng.uniform(14, 26), x = rng.uniform(0, kSide - side),
               y = rng.uniform(0, kSide - side);
  Target target;
  target.boxes = torch::tensor({{x, y, x + side, y + side}}, torch::kFloat);
  target.labels = torch::ones({1}, torch::kLong);
  target.masks = ellipses(target.boxes, kSide, kSide);
  target.ignored = torch::zeros({0, 4});
  return target;
}

TEST(RetinaHead, LearnsToFindMassesThatItHasNotSeen) {
  DetectorOptions options = tiny_retina_options();
  options.retina.convolutions = 2;
  torch::manual_seed(3);
  RetinaHead head(options);
  torch::optim::Adam optimizer(head->parameters(), 0.01);
  double first = 0, last = 0;
  constexpr int kSteps = 600;
  for (int step = 0; step < kSteps; ++step) {
    const Target target = one_mass(100 + step);
    const RetinaLosses losses = head->losses(
        head->forward(phantom_pyramid(target, 1000 + 10 * step), kSide, kSide), {target});
    const torch::Tensor loss = losses.classification + losses.box;
    static_cast<torch::optim::AdamOptions&>(optimizer.param_groups()[0].options())
        .lr(0.01 * (1 - static_cast<double>(step) / kSteps));
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
    (step < 20 ? first : last) += step < 20 || step >= kSteps - 20 ? loss.item<double>() / 20 : 0;
  }
  EXPECT_LT(last, 0.6 * first);
  torch::NoGradGuard no_grad;
  int hits = 0;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const Target target = one_mass(seed);
    const auto found =
        head->detect(head->forward(phantom_pyramid(target, 7 * seed), kSide, kSide), kSide, kSide);
    hits += iou(box_of(found[0].boxes, 0), box_of(target.boxes, 0)) > 0.5;
  }
  EXPECT_GE(hits, 12) << "of 20 masses are the best detection of their image";
}

TEST(RetinaHead, AnchorsOfTheTorchvisionPreset) {
  const DetectorOptions options = detector_preset("torchvision", "retinanet");
  EXPECT_EQ(options.strides(), (std::vector<int>{8, 16, 32, 64, 128}));
  std::vector<torch::Tensor> base;
  for (int level = 0; level < 5; ++level)
    base.push_back(base_anchors(level_sizes(options.anchors, level), options.anchors.ratios));
  EXPECT_EQ(largest_difference(torch::cat(base), tensor_of(golden("retina")["torchvision_base"])),
            0);
}

TEST(Fpn, LevelsBeyondTheResNetAreStridedConvolutions) {
  BackboneOptions options = detector_preset("torchvision", "retinanet").backbone;
  options.fpn_channels = 8;
  Fpn fpn(options);
  std::vector<torch::Tensor> c;
  for (int i = 0; i < 4; ++i) c.push_back(noise({1, 256 << i, 32 >> i, 64 >> i}, 3 + i));
  const auto levels = fpn(c);
  ASSERT_EQ(levels.size(), 5u);  // P3-P7
  EXPECT_EQ(levels[2].sizes(), (std::vector<int64_t>{1, 8, 4, 8}));
  const TensorMap tensors = named_tensors(*fpn);
  const auto strided = [&](const torch::Tensor& x, const std::string& name) {
    return torch::conv2d(x, tensors.at("extra_blocks." + name + ".weight"),
                         tensors.at("extra_blocks." + name + ".bias"), 2, 1);
  };
  EXPECT_LT(largest_difference(levels[3], strided(levels[2], "p6")), 1e-5);
  EXPECT_LT(largest_difference(levels[4], strided(torch::relu(levels[3]), "p7")), 1e-5);
  options.last_level = 4;
  EXPECT_ERROR(Fpn{options}, usage, "backbone.last_level: found 4, expected 5 to 8");
}

// With P2 and without layer4 too: only torchvision's P6 is a subsampled P5.
TEST(Fpn, P2ChangesNothingBeyondTheLaterals) {
  BackboneOptions options = detector_preset("light").backbone;
  options.p2 = true;
  options.fpn_channels = 8;
  Fpn fpn(options);
  std::vector<torch::Tensor> c;
  for (int i = 0; i < 3; ++i) c.push_back(noise({1, 256 << i, 32 >> i, 64 >> i}, 3 + i));
  const auto levels = fpn(c);
  ASSERT_EQ(levels.size(), 5u);  // P2-P6
  for (size_t i = 0; i < 5; ++i)
    EXPECT_EQ(levels[i].sizes(), (std::vector<int64_t>{1, 8, 32 >> i, 64 >> i})) << "P" << i + 2;
  const TensorMap tensors = named_tensors(*fpn);
  EXPECT_LT(
      largest_difference(levels[3], torch::conv2d(levels[2], tensors.at("extra_blocks.p5.weight"),
                                                  tensors.at("extra_blocks.p5.bias"), 2, 1)),
      1e-5);
}

}  // namespace
}  // namespace mammograft
