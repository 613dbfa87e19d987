#include "detect/detector_release.h"

#include <torch/types.h>

#include "core/assets.h"
#include "core/error.h"
#include "detect/detector_file.h"
#include "nn/model_file.h"

namespace mammograft {
namespace {

constexpr const char* kAsset = "detector.safetensors";

std::set<std::string> weights_of(const TensorMap& tensors) {
  std::set<std::string> names;
  for (const auto& [name, tensor] : tensors) {
    if (tensor.is_floating_point() && tensor.dim() > 1) names.insert(name);
  }
  return names;
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
  file.description.json["release"] = release_json(release);
  save_model(out, "detector", file.tensors, file.description.json, weights_of(file.tensors));
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
