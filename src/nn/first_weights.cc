#include "nn/first_weights.h"

namespace mammograft {
namespace {

thread_local int without_first_weights = 0;  // how many live

}  // namespace

WithoutFirstWeights::WithoutFirstWeights() { ++without_first_weights; }
WithoutFirstWeights::~WithoutFirstWeights() { --without_first_weights; }
bool WithoutFirstWeights::active() { return without_first_weights > 0; }

void draw_kaiming_uniform(torch::Tensor& weight) { torch::nn::init::kaiming_uniform_(weight, 1.0); }

void draw_kaiming_normal(torch::Tensor& weight) {
  torch::nn::init::kaiming_normal_(weight, 0, torch::kFanOut, torch::kReLU);
}

DrawWeights draw_normal(double deviation) {
  return [deviation](torch::Tensor& weight) { torch::nn::init::normal_(weight, 0, deviation); };
}

torch::nn::Linear make_linear(int64_t in, int64_t out) {
  torch::nn::Linear layer(1, 1);
  layer->options.in_features(in).out_features(out);
  layer->weight.set_data(torch::empty({out, in}));
  layer->bias.set_data(torch::empty({out}));
  if (!WithoutFirstWeights::active()) layer->reset_parameters();
  return layer;
}

}  // namespace mammograft
