// What layers begin with. LibTorch's constructors draw weights of their own, which would be drawn
// over: here a layer is made with one channel, and gets as many as it is to have.
#pragma once

#include <torch/nn/init.h>
#include <torch/nn/modules/linear.h>
#include <torch/types.h>

#include <functional>
#include <utility>
#include <vector>

namespace mammograft {

// As long as one lives, the layers that its thread makes begin with whatever stands in memory:
// those of a network that a file, or another network, is about to fill.
class WithoutFirstWeights {
 public:
  WithoutFirstWeights();
  ~WithoutFirstWeights();
  WithoutFirstWeights(const WithoutFirstWeights&) = delete;
  WithoutFirstWeights& operator=(const WithoutFirstWeights&) = delete;
  static bool active();
};

using DrawWeights = std::function<void(torch::Tensor& weight)>;
void draw_kaiming_uniform(torch::Tensor& weight);  // slope 1: torchvision's pyramid
void draw_kaiming_normal(torch::Tensor& weight);   // fan out, ReLU: its ResNet and mask head
DrawWeights draw_normal(double deviation);

// The convolution `layer`, which may be a transposed one, gets `in` and `out` channels: its weight
// is drawn, its bias zero.
template <typename Layer>
void give_channels(Layer& layer, int64_t in, int64_t out, const DrawWeights& draw) {
  std::vector<int64_t> shape = layer.weight.sizes().vec();
  shape[0] = out, shape[1] = in;
  if (layer.options.transposed()) std::swap(shape[0], shape[1]);
  layer.options.in_channels(in).out_channels(out);
  layer.weight.set_data(torch::empty(shape));
  if (layer.bias.defined()) layer.bias.set_data(torch::empty({out}));
  if (WithoutFirstWeights::active()) return;
  draw(layer.weight);
  if (layer.bias.defined()) torch::nn::init::zeros_(layer.bias);
}

torch::nn::Linear make_linear(int64_t in, int64_t out);  // drawn as LibTorch draws it

}  // namespace mammograft
