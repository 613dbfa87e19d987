#include "detect/detector_release.h"

#include <torch/types.h>

#include "core/assets.h"
#include "core/error.h"
#include "detect/detector_file.h"
#include "nn/model_file.h"

namespace mammograft {
namespace {

constexpr const char* kAsset = "detector.safetensors";

torch::Tensor rounded(const torch::Tensor& tensor) {
  const bool weight = tensor.scalar_type() == torch::kFloat32 && tensor.dim() > 1;
  return weight ? tensor.to(torch::kBFloat16) : tensor;
}

}  // namespace

Json release_json(const Release& release) {
  return {{"name", release.name}, {"version", release.version}};
}

void write_release(const std::filesystem::path& model, const Release& release,
                   const std::filesystem::path& out) {
  ensure(!release.name.empty() && !release.version.empty(), "a release without name or version");
  (void)read_detector_info(model);  // that it is a detector
  ModelFile file = load_model(model, "detector");
  for (auto& [name, tensor] : file.tensors) tensor = rounded(tensor);
  file.description.json["release"] = release_json(release);
  save_model(out, "detector", file.tensors, file.description.json);
}

std::filesystem::path shipped_detector() {
  try {
    return find_asset(kAsset);
  } catch (const Error&) {
    fail(ErrorKind::usage, "--model: found none, and no detector ships with this build ({})",
         kAsset);
  }
}

}  // namespace mammograft
