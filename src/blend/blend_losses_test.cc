// The equations of the paper: against references written out pixel by pixel, without torch, and
// their gradients against finite differences.
#include "blend/blend_losses.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <cmath>
#include <functional>
#include <vector>

#include "core/rng.h"
#include "core/testing.h"

namespace mammograft {
namespace {

constexpr int64_t kPixels = 16;
constexpr double kEpsilon = 1e-6;

torch::Tensor random_images(uint64_t seed, int64_t n = 2, int64_t side = kPixels) {
  torch::Tensor images = torch::empty({n, 1, side, side}, torch::kFloat64);
  Rng rng(seed);
  double* out = images.data_ptr<double>();
  for (int64_t i = 0; i < images.numel(); ++i) out[i] = rng.uniform(-1, 1);
  return images;
}

// An ellipse in each sample, another one in each.
torch::Tensor regions(int64_t n = 2, double size = 4.5) {
  torch::Tensor omega = torch::zeros({n, 1, kPixels, kPixels}, torch::kFloat64);
  auto out = omega.accessor<double, 4>();
  for (int64_t s = 0; s < n; ++s) {
    for (int64_t y = 0; y < kPixels; ++y) {
      for (int64_t x = 0; x < kPixels; ++x) {
        const double u = (static_cast<double>(x) - 7 - static_cast<double>(s)) / size;
        const double v = (static_cast<double>(y) - 8) / (size - 1);
        out[s][0][y][x] = u * u + v * v < 1;
      }
    }
  }
  return omega;
}

using Grid = std::vector<std::vector<double>>;

Grid grid_of(const torch::Tensor& images, int64_t sample) {
  const auto in = images.accessor<double, 4>();
  Grid grid(static_cast<size_t>(images.size(2)));
  for (int64_t y = 0; y < images.size(2); ++y) {
    for (int64_t x = 0; x < images.size(3); ++x)
      grid[static_cast<size_t>(y)].push_back(in[sample][0][y][x]);
  }
  return grid;
}

Grid pooled(const Grid& image, size_t k) {
  Grid small(image.size() / k, std::vector<double>(image[0].size() / k, 0));
  for (size_t y = 0; y < small.size(); ++y) {
    for (size_t x = 0; x < small[0].size(); ++x) {
      for (size_t i = 0; i < k; ++i) {
        for (size_t j = 0; j < k; ++j)
          small[y][x] += image[y * k + i][x * k + j] / static_cast<double>(k * k);
      }
    }
  }
  return small;
}

struct Vec {
  double right = 0, down = 0;
  double length2() const { return right * right + down * down; }
};

Vec difference(const Grid& g, size_t y, size_t x) {
  return {x + 1 < g[0].size() ? g[y][x + 1] - g[y][x] : 0,
          y + 1 < g.size() ? g[y + 1][x] - g[y][x] : 0};
}

double slow_seamless_at(const Grid& g, const Grid& x, const Grid& e, const Grid& omega,
                        bool mixed) {
  double sum = 0, count = 0;
  for (size_t r = 0; r < g.size(); ++r) {
    for (size_t c = 0; c < g[0].size(); ++c) {
      const Vec of_x = difference(x, r, c), of_e = difference(e, r, c), of_g = difference(g, r, c);
      const Vec v = mixed && of_e.length2() <= of_x.length2() ? of_x : of_e;
      if (c + 1 < g[0].size() && (omega[r][c] == 1 || omega[r][c + 1] == 1)) {
        sum += std::pow(of_g.right - v.right, 2);
        count += 1;
      }
      if (r + 1 < g.size() && (omega[r][c] == 1 || omega[r + 1][c] == 1)) {
        sum += std::pow(of_g.down - v.down, 2);
        count += 1;
      }
    }
  }
  return count > 0 ? std::sqrt(2 * sum / count + kEpsilon) : 0;
}

double slow_seamless(const torch::Tensor& g, const torch::Tensor& x, const torch::Tensor& e,
                     const torch::Tensor& omega, int scales, int mixed_scales) {
  double total = 0;
  for (int64_t s = 0; s < g.size(0); ++s) {
    for (int scale = 0; scale < scales; ++scale) {
      const size_t k = size_t{1} << scale;
      Grid inside = pooled(grid_of(omega, s), k);
      for (auto& row : inside) {
        for (double& value : row) value = value >= 0.5;
      }
      total += slow_seamless_at(pooled(grid_of(g, s), k), pooled(grid_of(x, s), k),
                                pooled(grid_of(e, s), k), inside, scale < mixed_scales);
    }
  }
  return total / static_cast<double>(g.size(0));
}

double slow_background(const torch::Tensor& g, const torch::Tensor& x, const torch::Tensor& breast,
                       const torch::Tensor& omega) {
  double total = 0;
  for (int64_t s = 0; s < g.size(0); ++s) {
    const Grid a = grid_of(g, s), b = grid_of(x, s), in = grid_of(breast, s),
               out = grid_of(omega, s);
    double intensity = 0, gradient = 0, count = 0;
    for (size_t r = 0; r < a.size(); ++r) {
      for (size_t c = 0; c < a[0].size(); ++c) {
        if (in[r][c] == 0 || out[r][c] == 1) continue;
        count += 1;
        intensity += std::abs(a[r][c] - b[r][c]);
        const double change = std::sqrt(difference(a, r, c).length2() + kEpsilon) -
                              std::sqrt(difference(b, r, c).length2() + kEpsilon);
        gradient += change * change;
      }
    }
    if (count > 0)
      total += intensity / count + std::sqrt(gradient / count + kEpsilon) - std::sqrt(kEpsilon);
  }
  return total / static_cast<double>(g.size(0));
}

// The gradient of loss(at) against central differences, at every element.
void expect_gradient(const std::function<torch::Tensor(const torch::Tensor&)>& loss,
                     const torch::Tensor& at) {
  torch::Tensor variable = at.clone().set_requires_grad(true);
  loss(variable).backward();
  const torch::Tensor gradient = variable.grad();
  constexpr double kStep = 1e-6;
  for (int64_t i = 0; i < at.numel(); ++i) {
    torch::Tensor above = at.clone(), below = at.clone();
    above.view(-1)[i] += kStep;
    below.view(-1)[i] -= kStep;
    const double slope = (loss(above).item<double>() - loss(below).item<double>()) / (2 * kStep);
    EXPECT_NEAR(gradient.view(-1)[i].item<double>(), slope, 1e-6 + 1e-4 * std::abs(slope)) << i;
  }
}

TEST(GuidanceField, IsTheStrongerVectorAsAWhole) {
  const torch::Tensor x = random_images(1), e = random_images(2);
  const torch::Tensor v = guidance_field(x, e);
  const auto out = v.accessor<double, 4>();
  int from_e = 0;
  for (int64_t s = 0; s < 2; ++s) {
    const Grid gx = grid_of(x, s), ge = grid_of(e, s);
    for (size_t r = 0; r < kPixels; ++r) {
      for (size_t c = 0; c < kPixels; ++c) {
        const Vec of_x = difference(gx, r, c), of_e = difference(ge, r, c);
        const bool stronger = of_e.length2() > of_x.length2();
        from_e += stronger;
        const Vec expected = stronger ? of_e : of_x;
        EXPECT_EQ(out[s][0][static_cast<int64_t>(r)][static_cast<int64_t>(c)], expected.right);
        EXPECT_EQ(out[s][1][static_cast<int64_t>(r)][static_cast<int64_t>(c)], expected.down);
      }
    }
  }
  EXPECT_GT(from_e, 100);
  EXPECT_LT(from_e, 400);
}

BlendLossOptions over(int scales, int mixed_scales, double epsilon = kEpsilon) {
  return {.scales = scales, .mixed_scales = mixed_scales, .epsilon = epsilon};
}

TEST(SeamlessLoss, EqualsItsDefinitionPixelByPixel) {
  const torch::Tensor g = random_images(1), x = random_images(2), e = random_images(3),
                      omega = regions();
  for (const auto& [scales, mixed] : {std::pair{1, 1}, {2, 2}, {4, 4}, {4, 1}, {3, 0}}) {
    EXPECT_NEAR(seamless_loss(g, x, e, omega, over(scales, mixed)).item<double>(),
                slow_seamless(g, x, e, omega, scales, mixed), 1e-12);
  }
}

TEST(SeamlessLoss, AFusedGuideTakesThePlaceOfTheStrongerGradient) {
  const torch::Tensor g = random_images(1), x = random_images(2), e = random_images(3),
                      fused = random_images(4), omega = regions();
  const auto loss = [&](int scales, int mixed) {
    return seamless_loss(g, x, e, omega, over(scales, mixed), fused).item<double>();
  };
  EXPECT_NEAR(loss(3, 3), slow_seamless(g, fused, fused, omega, 3, 3), 1e-12);
  const double coarser = slow_seamless(g, x, e, omega, 3, 1) - slow_seamless(g, x, e, omega, 1, 1);
  EXPECT_NEAR(loss(3, 1), slow_seamless(g, fused, fused, omega, 1, 1) + coarser, 1e-12);
}

TEST(SeamlessLoss, ASampleWithoutARegionCountsNothing) {
  const torch::Tensor g = random_images(1), x = random_images(2), e = random_images(3);
  torch::Tensor omega = regions();
  const double both = slow_seamless(g, x, e, omega, 3, 2);
  omega[1].zero_();
  const double one = seamless_loss(g, x, e, omega, over(3, 2)).item<double>();
  EXPECT_NEAR(one, slow_seamless(g, x, e, omega, 3, 2), 1e-12);
  EXPECT_LT(one, both);
}

TEST(SeamlessLoss, GradientByFiniteDifferences) {
  const torch::Tensor x = random_images(2), e = random_images(3), omega = regions();
  expect_gradient([&](const torch::Tensor& g) { return seamless_loss(g, x, e, omega, over(3, 2)); },
                  random_images(1));
}

TEST(SeamlessLoss, ThePerfectResultHasNone) {
  // Where e's gradients are the stronger everywhere, e itself plus any constant is perfect.
  const torch::Tensor x = torch::zeros({2, 1, kPixels, kPixels}, torch::kFloat64);
  const torch::Tensor e = random_images(3);
  EXPECT_NEAR(seamless_loss(e + 0.3, x, e, regions(), over(1, 1, 1e-12)).item<double>(), 0, 2e-6);
}

// One after the other is replaced by an image of another shape.
TEST(BlendLosses, RejectWrongShapes) {
  const torch::Tensor image = random_images(1), other = random_images(2, 2, 8);
  const auto seamless = [&](const torch::Tensor& g, const torch::Tensor& x, const torch::Tensor& e,
                            const torch::Tensor& omega) {
    return seamless_loss(g, x, e, omega, over(2, 1));
  };
  EXPECT_ERROR(seamless(image.squeeze(1), image, image, image), defect,
               "g: found [2, 16, 16], expected [?, 1, ?, ?]");
  EXPECT_ERROR(seamless(image, other, image, image), defect,
               "x: found [2, 1, 8, 8], expected [2, 1, 16, 16]");
  EXPECT_ERROR(seamless(image, image, other, image), defect, "e: found [2, 1, 8, 8]");
  EXPECT_ERROR(seamless(image, image, image, other), defect, "omega: found [2, 1, 8, 8]");
  EXPECT_ERROR(seamless_loss(image, image, image, image, over(6, 1)), defect,
               "g: found [2, 1, 16, 16], expected sides of 32 or more for 6 scales");
  EXPECT_ERROR(background_loss(image, other, image, image, kEpsilon), defect, "x: found");
  EXPECT_ERROR(background_loss(image, image, other, image, kEpsilon), defect, "breast: found");
  EXPECT_ERROR(background_loss(image, image, image, other, kEpsilon), defect, "omega: found");
  EXPECT_ERROR(forward_differences(image.expand({2, 3, kPixels, kPixels})), defect,
               "image: found [2, 3, 16, 16]");
  EXPECT_ERROR(guidance_field(image, other), defect, "e: found");
  EXPECT_ERROR(adversarial_loss(image, other, "literal"), defect,
               "weight: found [2, 1, 8, 8], expected [2, 1, 16, 16]");
  EXPECT_ERROR(discriminator_loss(image, image, image.squeeze(1), image, "literal"), defect,
               "to fakes: found [2, 16, 16]");
  EXPECT_ERROR(discriminator_loss(image, other, image, image, "literal"), defect, "weight: found");
}

TEST(BackgroundLoss, EqualsItsDefinitionPixelByPixel) {
  const torch::Tensor g = random_images(1), x = random_images(2), omega = regions();
  torch::Tensor breast = torch::ones_like(omega);
  breast.narrow(3, 11, 5).zero_();
  EXPECT_NEAR(background_loss(g, x, breast, omega, kEpsilon).item<double>(),
              slow_background(g, x, breast, omega), 1e-12);
  breast[0].zero_();
  EXPECT_NEAR(background_loss(g, x, breast, omega, kEpsilon).item<double>(),
              slow_background(g, x, breast, omega), 1e-12);
}

TEST(BackgroundLoss, IsZeroWhereNothingChanged) {
  const torch::Tensor x = random_images(2), omega = regions();
  EXPECT_EQ(background_loss(x, x, torch::ones_like(omega), omega, kEpsilon).item<double>(), 0);
}

TEST(BackgroundLoss, GradientByFiniteDifferences) {
  const torch::Tensor x = random_images(2), omega = regions();
  torch::Tensor breast = torch::ones_like(omega);
  breast.narrow(2, 0, 3).zero_();
  expect_gradient(
      [&](const torch::Tensor& g) { return background_loss(g, x, breast, omega, kEpsilon); },
      random_images(1));
}

// Logits and weights of two samples of 3 x 3 patches.
struct Responses {
  torch::Tensor real = 3 * random_images(5, 2, 3), fake = 3 * random_images(6, 2, 3);
  torch::Tensor weight = [] {
    torch::Tensor w = random_images(7, 2, 3).abs();
    return w / w.sum({1, 2, 3}, true);
  }();
};

double slow_response(const torch::Tensor& logits, const torch::Tensor& weight,
                     const std::function<double(double)>& loss) {
  double total = 0;
  for (int64_t i = 0; i < logits.numel(); ++i) {
    total += weight.reshape(-1)[i].item<double>() * loss(logits.reshape(-1)[i].item<double>());
  }
  return total / static_cast<double>(logits.size(0));
}

TEST(AdversarialLoss, FollowsTheFormulas) {
  const Responses r;
  const auto sigmoid = [](double l) { return 1 / (1 + std::exp(-l)); };
  const auto as_real = [&](double l) { return -std::log(sigmoid(l)); };
  const auto as_fake = [&](double l) { return -std::log(1 - sigmoid(l)); };
  for (const char* form : {"non_saturating", "literal"}) {
    EXPECT_NEAR(discriminator_loss(r.real, r.weight, r.fake, r.weight, form).item<double>(),
                slow_response(r.real, r.weight, as_real) + slow_response(r.fake, r.weight, as_fake),
                1e-12);
  }
  EXPECT_NEAR(adversarial_loss(r.fake, r.weight, "non_saturating").item<double>(),
              slow_response(r.fake, r.weight, as_real), 1e-12);
  EXPECT_NEAR(adversarial_loss(r.fake, r.weight, "literal").item<double>(),
              -slow_response(r.fake, r.weight, as_fake), 1e-12);
  const auto to = [](double target) {
    return [target](double l) { return (l - target) * (l - target); };
  };
  EXPECT_NEAR(
      discriminator_loss(r.real, r.weight, r.fake, r.weight, "least_squares").item<double>(),
      slow_response(r.real, r.weight, to(1)) + slow_response(r.fake, r.weight, to(0)), 1e-12);
  EXPECT_NEAR(adversarial_loss(r.fake, r.weight, "least_squares").item<double>(),
              slow_response(r.fake, r.weight, to(1)), 1e-12);
  EXPECT_ERROR(adversarial_loss(r.fake, r.weight, "hinge"), usage, "hinge");
}

TEST(AdversarialLoss, GradientByFiniteDifferences) {
  const Responses r;
  for (const char* form : {"non_saturating", "literal", "least_squares"}) {
    expect_gradient([&](const torch::Tensor& l) { return adversarial_loss(l, r.weight, form); },
                    r.fake);
    expect_gradient(
        [&](const torch::Tensor& l) {
          return discriminator_loss(l, r.weight, r.fake, r.weight, form);
        },
        r.real);
    expect_gradient(
        [&](const torch::Tensor& l) {
          return discriminator_loss(r.real, r.weight, l, r.weight, form);
        },
        r.fake);
  }
}

TEST(GeneratorLoss, WeighsItsPartsAsEquation1) {
  const auto scalar = [](double value) { return torch::tensor(value, torch::kFloat64); };
  BlendLossOptions options;
  options.lambda_p = 3;
  options.adversarial_weight = 0.5;
  EXPECT_NEAR(generator_loss(scalar(2), scalar(5), scalar(7), options).total.item<double>(),
              0.5 * 2 + 3 * (5 + 7), 1e-12);
  options.seamless = false;
  EXPECT_NEAR(generator_loss(scalar(2), scalar(5), scalar(7), options).total.item<double>(),
              0.5 * 2 + 3 * 7, 1e-12);
}

}  // namespace
}  // namespace mammograft
