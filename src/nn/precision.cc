#include "nn/precision.h"

#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <torch/cuda.h>
#include <torch/version.h>

#include "core/error.h"
#include "core/parallel.h"
#include "core/processor.h"

extern "C" void omp_set_num_threads(int);  // of LibTorch's OpenMP runtime

namespace mammograft {

torch::ScalarType resolve_precision(const std::string& precision, torch::Device device) {
  if (precision == "fp32") return torch::kFloat32;
  if (precision == "bf16") return torch::kBFloat16;
  if (precision != "auto") {
    fail(ErrorKind::usage, "precision: found '{}', expected auto, fp32 or bf16", precision);
  }
  return device.is_cuda() || multiplies_bf16() ? torch::kBFloat16 : torch::kFloat32;
}

torch::ScalarType at_least_fp32(torch::ScalarType type) {
  return type == torch::kFloat64 ? type : torch::kFloat32;
}

torch::Tensor at_least_fp32(const torch::Tensor& tensor) {
  return tensor.to(at_least_fp32(tensor.scalar_type()));
}

torch::Device resolve_device(const std::string& device) {
  if (device == "cpu") return torch::kCPU;
  if (device == "auto") return torch::cuda::is_available() ? torch::kCUDA : torch::kCPU;
  if (device != "cuda") {
    fail(ErrorKind::usage, "device: found '{}', expected auto, cpu or cuda", device);
  }
  if (!torch::cuda::is_available()) {
    fail(ErrorKind::usage,
         "device: cuda was asked for, but this LibTorch ({}) finds no CUDA device", TORCH_VERSION);
  }
  return torch::kCUDA;
}

namespace {

int resolve_threads(int threads) {
  if (threads < 0) fail(ErrorKind::usage, "threads: found {}, expected 0 or more", threads);
  return threads > 0 ? threads : hardware_threads();
}

}  // namespace

void set_threads(int threads) { at::set_num_threads(resolve_threads(threads)); }

// at::set_num_threads() would also say what threads start with that come later.
void set_threads_here(int threads) {
  at::get_num_threads();  // takes LibTorch's own number, once in every thread
  omp_set_num_threads(resolve_threads(threads));
}

std::string compute_description() {
  const bool bf16 = resolve_precision("auto", torch::kCPU) == torch::kBFloat16;
  const int threads = at::get_num_threads();
  return fmt::format("LibTorch {}, {} thread{}, {}, {}", TORCH_VERSION, threads,
                     threads == 1 ? "" : "s", at::get_cpu_capability(), bf16 ? "bf16" : "fp32");
}

}  // namespace mammograft
