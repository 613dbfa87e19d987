// Convolutions whose weights do not change between calls: what can be prepared is prepared once.
#pragma once

#include <torch/nn/modules/conv.h>
#include <torch/types.h>

#include <array>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace mammograft {

// A convolution without gradients, dilation or groups. x [N, C, H, W] of `compute` and the weight's
// device, channels-last. Safe to call from several threads.
class InferenceConvolution {
 public:
  // weight [K, C, h, w], bias [K], best in fp32, so that `compute` rounds once.
  InferenceConvolution(const torch::Tensor& weight, const torch::Tensor& bias,
                       std::array<int64_t, 2> stride, std::array<int64_t, 2> padding,
                       torch::ScalarType compute);

  // conv(x) + bias, then + shortcut if it is defined, then the ReLU if wanted. 3x3 on a CPU goes by
  // Winograd's algorithm.
  torch::Tensor operator()(const torch::Tensor& x, bool relu,
                           const torch::Tensor& shortcut = {}) const;

 private:
  torch::Tensor weight_, bias_;
  torch::Tensor winograd_, winograd_bf16_;  // transformed weights, where they apply
  std::array<int64_t, 2> stride_, padding_;
};

// The InferenceConvolution of tensors that may change: made anew when one of them was written to
// (torch counts the writes), replaced, or is wanted in another dtype.
class FoldedCache {
 public:
  using Make = std::function<InferenceConvolution()>;
  std::shared_ptr<const InferenceConvolution> get(const std::vector<torch::Tensor>& sources,
                                                  torch::ScalarType dtype, const Make& make);

 private:
  struct Source {
    torch::Tensor alias;  // keeps the memory, so that no other tensor can take its address
    uint32_t version;
  };
  bool matches(const std::vector<torch::Tensor>& sources, torch::ScalarType dtype) const;
  std::mutex mutex_;
  std::vector<Source> sources_;
  torch::ScalarType dtype_ = torch::kFloat32;
  std::shared_ptr<const InferenceConvolution> convolution_;
};

}  // namespace mammograft
