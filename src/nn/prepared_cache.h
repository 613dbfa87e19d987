// What is made of parameters once and kept until one of them changes.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace mammograft {

// The tensors something was made of, and whether they are still what they were: not written to
// (torch counts the writes), not replaced, and wanted in the same dtype.
class PreparedSources {
 public:
  bool matches(const std::vector<torch::Tensor>& sources, torch::ScalarType dtype) const;
  void remember(const std::vector<torch::Tensor>& sources, torch::ScalarType dtype);

 private:
  struct Source {
    torch::Tensor alias;  // keeps the memory, so that no other tensor can take its address
    uint32_t version;
  };
  std::vector<Source> sources_;
  torch::ScalarType dtype_ = torch::kFloat32;
};

// Safe to use from several threads.
template <typename T>
class PreparedCache {
 public:
  // make() runs without gradients.
  std::shared_ptr<const T> get(const std::vector<torch::Tensor>& sources, torch::ScalarType dtype,
                               const std::function<T()>& make) {
    const std::lock_guard lock(mutex_);
    if (!made_ || !sources_.matches(sources, dtype)) {
      const torch::NoGradGuard no_grad;
      made_ = std::make_shared<const T>(make());
      sources_.remember(sources, dtype);
    }
    return made_;
  }

 private:
  std::mutex mutex_;
  PreparedSources sources_;
  std::shared_ptr<const T> made_;
};

}  // namespace mammograft
