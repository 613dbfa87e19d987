#include "blend/blend_losses.h"

#include <torch/types.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "nn/shape.h"

namespace mammograft {
namespace {

using torch::Tensor;

Tensor differences(const Tensor& image, int64_t dim) {
  const int64_t n = image.size(dim);
  const Tensor inner = image.narrow(dim, 1, n - 1) - image.narrow(dim, 0, n - 1);
  std::vector<int64_t> last = image.sizes().vec();
  last[static_cast<size_t>(dim)] = 1;
  return torch::cat({inner, image.new_zeros(last)}, dim);
}

// 1 where a difference exists and at least one of its two pixels is in omega. [N, 2, H, W]
Tensor differences_in(const Tensor& omega) {
  std::vector<Tensor> both;
  for (const int64_t dim : {3, 2}) {
    const int64_t n = omega.size(dim);
    const Tensor touched = torch::maximum(omega.narrow(dim, 1, n - 1), omega.narrow(dim, 0, n - 1));
    std::vector<int64_t> last = omega.sizes().vec();
    last[static_cast<size_t>(dim)] = 1;
    both.push_back(torch::cat({touched, omega.new_zeros(last)}, dim));
  }
  return torch::cat(both, 1);
}

// Mean of `values` under `weight` in each sample; 0 where the weight is 0. -> [N]
Tensor weighted_mean(const Tensor& values, const Tensor& weight) {
  const Tensor sum = (values * weight).sum({1, 2, 3});
  return sum / weight.sum({1, 2, 3}).clamp_min(1e-12);
}

Tensor squared_magnitude(const Tensor& gradient) { return gradient.square().sum(1, true); }

// One scale of eq. (3). -> [N]
Tensor seamless_at(const Tensor& g, const Tensor& v, const Tensor& omega, double epsilon) {
  const Tensor inside = differences_in(omega);
  const Tensor residual = (forward_differences(g) - v).square();
  const Tensor any = (inside.sum({1, 2, 3}) > 0).to(g.scalar_type());
  // A sample counts pixels: twice the mean over its two components.
  return any * torch::sqrt(2 * weighted_mean(residual, inside) + epsilon);
}

Tensor log_loss(const Tensor& logits, bool as_real) {
  return torch::softplus(as_real ? -logits : logits);  // -log sigmoid, -log(1 - sigmoid)
}

Tensor mean_response(const Tensor& losses, const Tensor& weight) {
  return (losses * weight).sum({1, 2, 3}).mean();
}

void check_images(const Tensor& images, const char* name) {
  check_shape(images, {kAnySize, 1, kAnySize, kAnySize}, name);
}

void check_responses(const Tensor& logits, const Tensor& weight, const char* name) {
  check_images(logits, name);
  check_shape(weight, logits.sizes(), "responses: weight");
}

[[noreturn]] void unknown_form(const std::string& form) {
  fail(ErrorKind::usage,
       "loss.adversarial: found '{}', expected non_saturating, least_squares or literal", form);
}

}  // namespace

Tensor forward_differences(const Tensor& image) {
  check_images(image, "forward_differences: image");
  return torch::cat({differences(image, 3), differences(image, 2)}, 1);
}

Tensor guidance_field(const Tensor& x, const Tensor& e) {
  check_shape(e, x.sizes(), "guidance_field: e");
  const Tensor of_x = forward_differences(x), of_e = forward_differences(e);
  return torch::where(squared_magnitude(of_e) > squared_magnitude(of_x), of_e, of_x);
}

Tensor seamless_loss(const Tensor& g, const Tensor& x, const Tensor& e, const Tensor& omega,
                     const BlendLossOptions& options, const Tensor& fused) {
  check_images(g, "seamless_loss: g");
  check_shape(x, g.sizes(), "seamless_loss: x");
  check_shape(e, g.sizes(), "seamless_loss: e");
  check_shape(omega, g.sizes(), "seamless_loss: omega");
  if (fused.defined()) check_shape(fused, g.sizes(), "seamless_loss: fused");
  const int64_t cell = int64_t{1} << std::max(options.scales - 1, 0);
  ensure(std::min(g.size(2), g.size(3)) >= cell,
         "seamless_loss: g: found {}, expected sides of {} or more for {} scales",
         shape_text(g.sizes()), cell, options.scales);
  Tensor total = g.new_zeros({g.size(0)});
  for (int scale = 0; scale < options.scales; ++scale) {
    const auto reduced = [&](const Tensor& image) {
      return scale == 0 ? image : torch::avg_pool2d(image, int64_t{1} << scale);
    };
    const auto guidance = [&] {
      if (scale >= options.mixed_scales) return forward_differences(reduced(e));
      if (fused.defined()) return forward_differences(reduced(fused));
      return guidance_field(reduced(x), reduced(e));
    };
    const Tensor v = guidance();
    const Tensor inside = (reduced(omega) >= 0.5).to(g.scalar_type());
    total = total + seamless_at(reduced(g), v, inside, options.epsilon);
  }
  return total.mean();
}

Tensor background_loss(const Tensor& g, const Tensor& x, const Tensor& breast, const Tensor& omega,
                       double epsilon) {
  check_images(g, "background_loss: g");
  check_shape(x, g.sizes(), "background_loss: x");
  check_shape(breast, g.sizes(), "background_loss: breast");
  check_shape(omega, g.sizes(), "background_loss: omega");
  const Tensor background = breast * (1 - omega);
  const Tensor intensity = weighted_mean((g - x).abs(), background);
  const auto magnitude = [&](const Tensor& image) {
    return torch::sqrt(squared_magnitude(forward_differences(image)) + epsilon);
  };
  const Tensor gradient = weighted_mean((magnitude(g) - magnitude(x)).square(), background);
  return (intensity + torch::sqrt(gradient + epsilon) - std::sqrt(epsilon)).mean();
}

Tensor discriminator_loss(const Tensor& real, const Tensor& real_weight, const Tensor& fake,
                          const Tensor& fake_weight, const std::string& form) {
  check_responses(real, real_weight, "responses: to real images");
  check_responses(fake, fake_weight, "responses: to fakes");
  if (form == "least_squares") {
    return mean_response((real - 1).square(), real_weight) +
           mean_response(fake.square(), fake_weight);
  }
  if (form != "non_saturating" && form != "literal") unknown_form(form);
  return mean_response(log_loss(real, true), real_weight) +
         mean_response(log_loss(fake, false), fake_weight);
}

Tensor adversarial_loss(const Tensor& fake, const Tensor& fake_weight, const std::string& form) {
  check_responses(fake, fake_weight, "responses: to fakes");
  if (form == "non_saturating") return mean_response(log_loss(fake, true), fake_weight);
  if (form == "least_squares") return mean_response((fake - 1).square(), fake_weight);
  if (form == "literal") return -mean_response(log_loss(fake, false), fake_weight);
  unknown_form(form);
}

GeneratorLosses generator_loss(const Tensor& adversarial, const Tensor& seamless,
                               const Tensor& background, const BlendLossOptions& options) {
  const Tensor prior = (options.seamless ? seamless : torch::zeros_like(seamless)) + background;
  return {options.adversarial_weight * adversarial + options.lambda_p * prior, adversarial,
          seamless, background};
}

}  // namespace mammograft
