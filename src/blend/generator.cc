#include "blend/generator.h"

#include <torch/nn/init.h>
#include <torch/nn/module.h>
#include <torch/types.h>

#include "blend/leaky_slope.h"
#include "core/error.h"

namespace mammograft {
namespace {

Convolution convolution(int64_t in, int64_t out, int64_t kernel) {
  Convolution layer(in, out, kernel);
  torch::nn::init::kaiming_normal_(layer->weight, kLeakySlope);
  return layer;
}

}  // namespace

GeneratorImpl::GeneratorImpl(const GeneratorOptions& options) : options(options) {
  const std::vector<int>& widths = options.widths;
  if (widths.empty() || *std::min_element(widths.begin(), widths.end()) < 1)
    fail(ErrorKind::usage, "generator.widths: expected positive numbers, one a level");
  const auto add = [&](const char* name, size_t index, int64_t in, int64_t out) {
    return register_module(name + std::to_string(index), convolution(in, out, 3));
  };
  for (size_t i = 0; i < widths.size(); ++i) {
    down_.push_back(add("down", 2 * i, i == 0 ? 3 : widths[i - 1], widths[i]));
    down_.push_back(add("down", 2 * i + 1, widths[i], widths[i]));
  }
  for (size_t i = 0; i + 1 < widths.size(); ++i) {
    up_.push_back(add("up", 2 * i, widths[i] + widths[i + 1], widths[i]));
    up_.push_back(add("up", 2 * i + 1, widths[i], widths[i]));
  }
  last_ = register_module("last", Convolution(widths[0], 1, 1));
  torch::nn::init::zeros_(last_->weight);
  torch::nn::init::zeros_(last_->bias);
}

torch::Tensor GeneratorImpl::forward(const torch::Tensor& input) {
  ensure(input.size(2) % multiple() == 0 && input.size(3) % multiple() == 0,
         "generator: found {} x {}, expected multiples of {}", input.size(3), input.size(2),
         multiple());
  const auto active = [](Convolution& layer, const torch::Tensor& x) {
    return torch::leaky_relu(layer(x), kLeakySlope);
  };
  std::vector<torch::Tensor> skips;
  torch::Tensor x = input;
  for (size_t i = 0; i < down_.size(); i += 2) {
    if (i > 0) x = torch::avg_pool2d(x, 2);
    x = active(down_[i + 1], active(down_[i], x));
    skips.push_back(x);
  }
  for (size_t i = up_.size(); i > 0; i -= 2) {
    const torch::Tensor& skip = skips[i / 2 - 1];
    x = torch::upsample_nearest2d(x, skip.sizes().slice(2), std::nullopt, std::nullopt);
    x = active(up_[i - 1], active(up_[i - 2], torch::cat({skip, x}, 1)));
  }
  return last_(x);
}

torch::Tensor compose(const torch::Tensor& x, const torch::Tensor& body, const torch::Tensor& y,
                      const torch::Tensor& feather, const GeneratorOptions& options) {
  if (options.output == "plain") return torch::tanh(y);
  return x + feather * (body + y);
}

}  // namespace mammograft
