// Kernels of the detector by themselves, in the sizes of a mammogram of 1024 x 800.
#include <benchmark/benchmark.h>
#include <torch/autograd.h>
#include <torch/types.h>
#include <torch/utils.h>

#include "core/memory.h"
#include "detect/box_ops.h"
#include "detect/roi_align.h"
#include "nn/compute.h"
#include "nn/inference_convolution.h"
#include "nn/winograd.h"

namespace mammograft {
namespace {

torch::Tensor random_boxes(int64_t count, double height, double width) {
  torch::manual_seed(1);
  const torch::Tensor center = torch::rand({count, 2}) * torch::tensor({width, height});
  const torch::Tensor side = torch::exp(torch::rand({count, 2}) * 3 + 2);  // 7 to 150 px
  return clip_boxes(torch::cat({center - side / 2, center + side / 2}, 1).to(torch::kFloat),
                    static_cast<int64_t>(height), static_cast<int64_t>(width));
}

torch::ScalarType dtype(benchmark::State& state) {
  return state.range(0) == 16 ? torch::kBFloat16 : torch::kFloat;
}

// 1000 RoIs x 7 x 7 x 256 on P3 of a 1024 x 800 image; the argument is the bits of the features.
void RoiAlignForward(benchmark::State& state) {
  const torch::Tensor features =
      torch::rand({1, 256, 128, 100}).to(dtype(state)).contiguous(at::MemoryFormat::ChannelsLast);
  const torch::Tensor boxes = random_boxes(1000, 1024, 800),
                      image = torch::zeros({1000}, torch::kLong);
  RoiAlignOptions options;
  options.scale = 1.0 / 8;
  const torch::NoGradGuard no_grad;
  for (auto _ : state) benchmark::DoNotOptimize(roi_align(features, boxes, image, options));
}
BENCHMARK(RoiAlignForward)->Arg(32)->Arg(16)->Unit(benchmark::kMillisecond)->UseRealTime();

void RoiAlignBackward(benchmark::State& state) {
  torch::Tensor features =
      torch::rand({1, 256, 128, 100}).to(dtype(state)).contiguous(at::MemoryFormat::ChannelsLast);
  features.requires_grad_();
  const torch::Tensor boxes = random_boxes(512, 1024, 800),
                      image = torch::zeros({512}, torch::kLong);
  RoiAlignOptions options;
  options.scale = 1.0 / 8;
  const torch::Tensor out = roi_align(features, boxes, image, options);
  const torch::Tensor gradient = torch::rand_like(out);
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        torch::autograd::grad({out}, {features}, {gradient}, /*retain_graph=*/true));
  }
}
BENCHMARK(RoiAlignBackward)->Arg(32)->Arg(16)->Unit(benchmark::kMillisecond)->UseRealTime();

void Nms(benchmark::State& state) {
  const int64_t count = state.range(0);
  const torch::Tensor boxes = random_boxes(count, 1024, 800), scores = torch::rand({count});
  for (auto _ : state) benchmark::DoNotOptimize(nms(boxes, scores, 0.7));
}
BENCHMARK(Nms)->Arg(1000)->Arg(5000)->Unit(benchmark::kMillisecond)->UseRealTime();

// A 3x3 convolution of 256 channels on P2; the argument is the bits of its numbers.
void Convolution3x3(benchmark::State& state) {
  const torch::NoGradGuard no_grad;
  const InferenceConvolution convolution(torch::randn({256, 256, 3, 3}), torch::randn({256}),
                                         {1, 1}, {1, 1}, dtype(state));
  const torch::Tensor x =
      torch::randn({1, 256, 256, 200}).to(dtype(state)).contiguous(at::MemoryFormat::ChannelsLast);
  for (auto _ : state) benchmark::DoNotOptimize(convolution(x, /*relu=*/true));
}
BENCHMARK(Convolution3x3)->Arg(32)->Arg(16)->Unit(benchmark::kMillisecond)->UseRealTime();

// A training step's 3x3 convolution in fp32, forwards and backwards, of as many channels as the
// first argument says on a map of second x half of that; the third: 1 by Winograd's algorithm, 0
// directly.
void TrainedConvolution3x3(benchmark::State& state) {
  const int64_t channels = state.range(0), side = state.range(1);
  torch::Tensor weight = torch::randn({channels, channels, 3, 3}).requires_grad_(),
                bias = torch::randn({channels}).requires_grad_();
  torch::Tensor x = torch::randn({1, channels, side, side / 2})
                        .contiguous(at::MemoryFormat::ChannelsLast)
                        .requires_grad_();
  const torch::Tensor gradient =
      torch::randn_like(x, at::TensorOptions(), at::MemoryFormat::ChannelsLast);
  for (auto _ : state) {
    const torch::Tensor y = state.range(2) ? winograd_differentiable(x, weight, bias)
                                           : torch::conv2d(x, weight, bias, 1, 1);
    benchmark::DoNotOptimize(torch::autograd::grad({y}, {x, weight, bias}, {gradient}));
  }
}
BENCHMARK(TrainedConvolution3x3)
    ->ArgsProduct({{128, 256}, {64, 32, 16, 8}, {0, 1}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
}  // namespace mammograft

int main(int argc, char** argv) {
  mammograft::keep_freed_memory();  // as the program does
  mammograft::set_threads(0);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
