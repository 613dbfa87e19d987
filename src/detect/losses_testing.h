// Inputs, targets and references for the tests of losses. Only for *_test.cc files.
#pragma once

#include <gtest/gtest.h>
#include <torch/nn/module.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "detect/target.h"
#include "detect/testing.h"
#include "image/box.h"

namespace mammograft {

inline constexpr int64_t kSide = 64;

// Weights that let every input matter, the same on all platforms.
inline void fill_weights(torch::nn::Module& module, double scale) {
  torch::NoGradGuard no_grad;
  uint64_t seed = 100;
  for (torch::Tensor& p : module.parameters()) p.copy_(noise(p.sizes(), ++seed) * scale);
}

inline std::vector<torch::Tensor> pyramid(int64_t images, size_t levels, uint64_t seed) {
  std::vector<torch::Tensor> features;
  for (size_t i = 0; i < levels; ++i) {
    const int64_t side = kSide >> (3 + i);
    features.push_back(noise({images, 8, side, side}, seed + i).set_requires_grad(true));
  }
  return features;
}

// Two masses (the second without an outline), an ignored region; and an image without masses.
inline std::vector<Target> two_targets() {
  Target with, without;
  with.boxes = torch::tensor({{6.f, 8.f, 27.f, 30.f}, {40.f, 30.f, 56.f, 44.f}});
  with.labels = torch::ones({2}, torch::kLong);
  with.masks = ellipses(with.boxes, kSide, kSide);
  with.has_mask = torch::tensor({true, false});
  with.ignored = torch::tensor({{32.f, 0.f, 64.f, 20.f}});
  without.boxes = torch::zeros({0, 4});
  without.labels = torch::zeros({0}, torch::kLong);
  without.masks = torch::zeros({0, kSide, kSide}, torch::kByte);
  without.has_mask = torch::zeros({0}, torch::kBool);
  without.ignored = torch::zeros({0, 4});
  return {with, without};
}

inline Box box_of(const torch::Tensor& boxes, int64_t i) {
  const auto b = boxes.accessor<float, 2>();
  return {b[i][0], b[i][1], b[i][2], b[i][3]};
}

inline bool mostly_in(const Box& box, const torch::Tensor& regions) {
  for (int64_t i = 0; i < regions.size(0); ++i) {
    if (intersection(box, box_of(regions, i)).area() > 0.5 * box.area()) return true;
  }
  return false;
}

// -1: background, -2: looked at by no loss, else the index of the truth.
inline std::vector<int64_t> slow_match(const std::vector<Box>& boxes, const Target& target,
                                       double fg, double bg, bool keep_best) {
  std::vector<double> best_of_truth(target.boxes.size(0), 0);
  for (int64_t g = 0; g < target.boxes.size(0); ++g) {
    for (const Box& box : boxes)
      best_of_truth[g] = std::max(best_of_truth[g], iou(box, box_of(target.boxes, g)));
  }
  std::vector<int64_t> matches;
  for (const Box& box : boxes) {
    double best = 0;
    int64_t truth = 0;
    bool is_best = false;
    for (int64_t g = 0; g < target.boxes.size(0); ++g) {
      const double overlap = iou(box, box_of(target.boxes, g));
      if (overlap > best) best = overlap, truth = g;
      is_best |= overlap > 0 && overlap > best_of_truth[g] - 1e-6;
    }
    if (target.boxes.size(0) > 0 && (best >= fg || (keep_best && is_best))) {
      matches.push_back(truth);
    } else {
      matches.push_back(best >= bg || mostly_in(box, target.ignored) ? -2 : -1);
    }
  }
  return matches;
}

// d loss along a random direction of the inputs, both ways.
inline void expect_gradient(const std::vector<torch::Tensor>& inputs,
                            const std::function<torch::Tensor()>& loss) {
  for (const torch::Tensor& x : inputs) x.mutable_grad() = torch::Tensor();
  loss().backward();
  for (uint64_t seed = 40; seed < 44; ++seed) {
    double analytic = 0, norm = 0;
    const auto shift = [&](double by) {
      torch::NoGradGuard no_grad;
      for (size_t i = 0; i < inputs.size(); ++i)
        inputs[i].add_(noise(inputs[i].sizes(), seed * 10 + i), by);
    };
    for (size_t i = 0; i < inputs.size(); ++i) {
      if (!inputs[i].grad().defined()) continue;
      analytic += (inputs[i].grad() * noise(inputs[i].sizes(), seed * 10 + i)).sum().item<double>();
      norm += inputs[i].grad().square().sum().item<double>();
    }
    const double h = 2e-3;
    shift(h);
    const double above = loss().item<double>();
    shift(-2 * h);
    const double below = loss().item<double>();
    shift(h);
    ASSERT_GT(norm, 1e-8) << "no gradient at all";
    EXPECT_NEAR((above - below) / (2 * h), analytic, 0.02 * std::sqrt(norm) + 2e-4);
  }
}

}  // namespace mammograft
