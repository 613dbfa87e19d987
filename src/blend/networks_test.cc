#include <gtest/gtest.h>
#include <torch/nn/init.h>
#include <torch/nn/module.h>
#include <torch/types.h>
#include <torch/utils.h>

#include "blend/generator.h"
#include "blend/jitter.h"
#include "blend/patch_discriminator.h"
#include "blend/projected_discriminator.h"
#include "blend/vanilla_gan.h"
#include "core/testing.h"

namespace mammograft {
namespace {

TEST(Generator, StartsAsTheIdentityAndIsFullyConvolutional) {
  torch::manual_seed(1);
  GeneratorOptions options;
  options.widths = {4, 6, 8};
  Generator generator(options);
  EXPECT_EQ(generator->multiple(), 4);
  for (const int64_t side : {16, 28}) {
    const torch::Tensor input = torch::rand({2, 3, side, side + 4});
    const torch::Tensor y = generator(input);
    EXPECT_EQ(y.sizes(), (std::vector<int64_t>{2, 1, side, side + 4}));
    EXPECT_EQ(y.abs().max().item<double>(), 0);
  }
  EXPECT_ERROR(generator(torch::rand({1, 3, 18, 16})), defect, "multiples of 4");
  options.widths = {4, 0};
  EXPECT_ERROR(Generator(options), usage, "generator.widths");
}

TEST(Generator, EveryInputReachesEveryOutputNearby) {
  torch::manual_seed(1);
  GeneratorOptions options;
  options.widths = {4, 6, 8};
  Generator generator(options);
  for (torch::Tensor& p : generator->parameters()) torch::nn::init::normal_(p, 0, 0.3);
  torch::Tensor input = torch::rand({1, 3, 16, 16}).set_requires_grad(true);
  generator(input)[0][0][8][8].backward();
  for (int64_t channel = 0; channel < 3; ++channel)
    EXPECT_GT((input.grad()[0][channel].narrow(0, 4, 8).narrow(1, 4, 8) != 0).sum().item<int64_t>(),
              40);
}

TEST(Compose, WithoutFeatherTheBackgroundStays) {
  const torch::Tensor x = torch::rand({1, 1, 8, 8}), y = torch::rand({1, 1, 8, 8}),
                      body = torch::rand({1, 1, 8, 8});
  torch::Tensor feather = torch::zeros({1, 1, 8, 8});
  feather.narrow(3, 0, 4).fill_(0.5);
  GeneratorOptions options;
  const torch::Tensor g = compose(x, body, y, feather, options);
  EXPECT_TRUE(torch::equal(g.narrow(3, 4, 4), x.narrow(3, 4, 4)));
  EXPECT_TRUE(torch::allclose(g.narrow(3, 0, 4), (x + 0.5 * (body + y)).narrow(3, 0, 4)));
  options.output = "plain";
  EXPECT_TRUE(torch::equal(compose(x, body, y, feather, options), torch::tanh(y)));
}

// What one response sees, by the gradient that reaches the input: exactly a square of that side.
int64_t seen_side(const DiscriminatorOptions& options) {
  torch::manual_seed(2);
  PatchDiscriminator d(options);
  d->to(torch::kFloat64);
  torch::Tensor image = torch::rand({1, 1, 64, 64}, torch::kFloat64).set_requires_grad(true);
  d(image)[0][0][3][2].backward();
  const torch::Tensor seen = image.grad()[0][0] != 0;
  const torch::Tensor rows = seen.any(1).nonzero(), columns = seen.any(0).nonzero();
  const int64_t side = rows.numel();
  EXPECT_EQ(columns.numel(), side);
  EXPECT_EQ(rows.max().item<int64_t>() - rows.min().item<int64_t>() + 1, side);
  EXPECT_EQ(columns.max().item<int64_t>() - columns.min().item<int64_t>() + 1, side);
  EXPECT_EQ(seen.sum().item<int64_t>(), side * side);
  return side;
}

TEST(Discriminator, SeesPatchesOf16Pixels) {
  DiscriminatorOptions options;
  EXPECT_EQ(options.kernels.size(), 4u);
  EXPECT_EQ(receptive_field(options), 16);
  EXPECT_EQ(seen_side(options), 16);
  options.kernels = {4, 4, 4, 1};
  options.strides = {2, 1, 1, 1};
  EXPECT_EQ(receptive_field(options), 16);
  EXPECT_EQ(seen_side(options), 16);
  options.kernels = {4, 4, 3, 3};
  options.strides = {2, 2, 1, 1};
  EXPECT_EQ(receptive_field(options), seen_side(options));
  EXPECT_NE(receptive_field(options), 16);
}

TEST(Discriminator, CountsPatchesByTheirShareOfTheRegion) {
  DiscriminatorOptions options;
  PatchDiscriminator d(options);
  torch::Tensor omega = torch::zeros({2, 1, 64, 64});
  omega[0][0].narrow(0, 20, 16).narrow(1, 24, 16).fill_(1);
  omega[1].fill_(1);
  const torch::Tensor weight = d->response_weight(omega);
  const torch::Tensor logits = d(torch::rand({2, 1, 64, 64}));
  EXPECT_EQ(weight.sizes(), logits.sizes());
  EXPECT_NEAR(weight[0].sum().item<double>(), 1, 1e-6);
  EXPECT_NEAR(weight[1].sum().item<double>(), 1, 1e-6);
  EXPECT_EQ(weight[0].argmax().item<int64_t>(),
            5 * weight.size(3) + 6);  // the patch that is all in
  EXPECT_EQ(weight[0][0][0][0].item<double>(), 0);
  options.looks_at = "window";
  const torch::Tensor even = PatchDiscriminator(options)->response_weight(omega);
  EXPECT_EQ(even.min().item<double>(), even.max().item<double>());
}

TEST(Discriminator, ListsMustFit) {
  DiscriminatorOptions options;
  options.strides = {2, 2, 1};
  EXPECT_ERROR(PatchDiscriminator(options), usage, "as many strides");
  options.strides = {2, 2, 1, 0};
  EXPECT_ERROR(PatchDiscriminator(options), usage, "found 0");
}

TEST(SpectralConvolution, DividesByTheLargestSingularValue) {
  torch::manual_seed(3);
  SpectralConvolution layer(5, 7, 3, 1, /*normalise=*/true);
  layer->train();
  for (int i = 0; i < 100; ++i) layer->sigma();
  const double expected =
      std::get<1>(torch::svd(layer->weight.detach().flatten(1))).max().item<double>();
  EXPECT_NEAR(layer->sigma().item<double>(), expected, 1e-4 * expected);
  layer->eval();
  const torch::Tensor before = layer->u.clone();
  const torch::Tensor x = torch::rand({1, 5, 9, 9});
  const torch::Tensor by_hand =
      torch::conv2d(x, layer->weight / layer->sigma().detach(), layer->bias);
  EXPECT_TRUE(torch::allclose(layer(x), by_hand, 1e-5, 1e-6));
  EXPECT_TRUE(torch::equal(layer->u, before));
}

TEST(Jitter, IsTheSameForTheSameSeedAndKeepsTheGradient) {
  const torch::Tensor images = torch::rand({4, 1, 8, 8}).set_requires_grad(true);
  const torch::Tensor omega = torch::ones({4, 1, 8, 8});
  Rng one(5), two(5), three(6);
  const torch::Tensor a = jitter({images, omega}, {}, one).images;
  EXPECT_TRUE(torch::equal(a, jitter({images, omega}, {}, two).images));
  EXPECT_FALSE(torch::equal(a, jitter({images, omega}, {}, three).images));
  for (int64_t i = 0; i < 4; ++i) {  // affine: factor from the deviation, shift from the mean
    const double factor = (a[i].std() / images[i].std()).item<double>();
    const double shift = (a[i].mean() - images[i].mean()).item<double>();
    EXPECT_GE(factor, 0.7 - 1e-4);
    EXPECT_LE(factor, 1.3 + 1e-4);
    EXPECT_LE(std::abs(shift), 0.3 + 1e-4);
  }
  a.sum().backward();
  EXPECT_GT(images.grad().abs().min().item<double>(), 0);
  JitterOptions off;
  off.enabled = false;
  EXPECT_TRUE(torch::equal(jitter({images, omega}, off, one).images, images));
}

TEST(Jitter, MovesTheRegionWithTheImageAndBlanksBoth) {
  torch::Tensor images = torch::zeros({6, 1, 32, 32}), omega = torch::zeros({6, 1, 32, 32});
  for (torch::Tensor* both : {&images, &omega}) both->narrow(2, 12, 8).narrow(3, 10, 6).fill_(1);
  JitterOptions options;
  options.brightness = 0;
  options.contrast_low = options.contrast_high = 1;
  options.shift = 0.25;
  Rng rng(3);
  const ShownWindows moved = jitter({images, omega}, options, rng);
  EXPECT_TRUE(torch::allclose(moved.images, moved.omega, 1e-6, 1e-6));
  EXPECT_FALSE(torch::equal(moved.omega, omega));
  EXPECT_EQ(moved.omega.sum().item<double>(), omega.sum().item<double>());  // none fell off
  options.shift = 0;
  options.cutout = 0.5;
  const ShownWindows blanked = jitter({images, torch::ones_like(omega)}, options, rng);
  for (int64_t i = 0; i < 6; ++i) {
    EXPECT_EQ((blanked.omega[i] == 0).sum().item<int64_t>(), 16 * 16);
    const torch::Tensor out = blanked.images[i].masked_select(blanked.omega[i] == 0);
    EXPECT_NEAR((out - images[i].mean()).abs().max().item<double>(), 0, 1e-6);
  }
}

TEST(ProjectedDiscriminator, ReachesTheImageThroughFixedFeatures) {
  torch::manual_seed(4);
  DiscriminatorOptions options;
  options.features = "imagenet";
  ProjectedDiscriminator d(options);
  torch::Tensor image = torch::rand({2, 1, 64, 48}).set_requires_grad(true);
  const torch::Tensor logits = d(image);
  torch::Tensor omega = torch::zeros({2, 1, 64, 48});
  omega.narrow(2, 16, 8).narrow(3, 16, 8).fill_(1);
  const torch::Tensor weight = d->response_weight(omega);
  EXPECT_EQ(weight.sizes(), logits.sizes());
  EXPECT_NEAR(weight[1].sum().item<double>(), 1, 1e-6);
  EXPECT_EQ((weight[0] > 0).sum().item<int64_t>(), 4 + 4 + 1);  // cells of 4, 4 and 8 px
  (logits * weight).sum().backward();
  EXPECT_GT(image.grad().abs().max().item<double>(), 0);
  for (const torch::Tensor& parameter : d->parameters()) EXPECT_TRUE(parameter.grad().defined());
  EXPECT_LT(std::ssize(d->parameters()), 20);  // the trunk does not learn
  options.gradient_penalty = 1;
  EXPECT_ERROR(ProjectedDiscriminator(options), usage, "expected own beside sees_mask");
}

TEST(VanillaGan, MakesImageAndMaskOfTheSideAsked) {
  torch::manual_seed(3);
  VanillaOptions options;
  options.side_px = 64;
  options.latent = 8;
  options.width = 4;
  VanillaGenerator generator(options);
  const torch::Tensor made = generator(torch::randn({3, 8}));
  EXPECT_EQ(made.sizes(), (std::vector<int64_t>{3, 2, 64, 64}));
  EXPECT_LE(made.abs().max().item<double>(), 1);
  EXPECT_FALSE(torch::allclose(made[0], made[1]));
  VanillaDiscriminator discriminator(options, true);
  EXPECT_EQ(discriminator(made).sizes(), (std::vector<int64_t>{3, 1, 1, 1}));
  options.side_px = 48;
  EXPECT_ERROR(VanillaGenerator(options), usage, "power of two");
}

}  // namespace
}  // namespace mammograft
