// A blender on disk: one safetensors file, in its metadata all that is needed to graft with it and
// to find leaks (docs/formats.md).
#pragma once

#include <filesystem>
#include <string>

#include "blend/generator.h"
#include "blend/vanilla_gan.h"
#include "cohort/patient_set.h"
#include "core/json.h"
#include "graft/intensity_range.h"
#include "graft/lesion_bank.h"
#include "nn/weights.h"

namespace mammograft {

// How windows must look for this blender: as those that it learnt from.
struct BlenderOptions {
  std::string method = "blend";
  double grid_mm = 0.2;
  int window_px = 192;
  std::string match = "membrane";
  GeneratorOptions generator;
  VanillaOptions vanilla;
  LesionBankOptions lesion;
  IntensityOptions intensity;
  template <typename V>
  void fields(V&& v) {
    v.choice("method", method, {"blend", "noprior", "vanilla"}, "what the generator does");
    v("grid_mm", grid_mm, "millimetres per pixel");
    v("window_px", window_px, "side of a training window");
    v.choice("match", match, {"membrane", "offset", "none"},
             "how the pasted lesion is brought to the background's level");
    v.group("generator", generator);
    v.group("vanilla", vanilla);
    v.group("lesion", lesion);
    v.group("intensity", intensity);
  }
};

struct BlenderInfo {
  BlenderOptions options;
  PatientSet patients_hashed;  // everybody it learnt from
  Json training = Json::object();
};

void save_blender(const std::filesystem::path& path, const TensorMap& generator,
                  const BlenderInfo& info);

// Throw io, or bad_input: not a blender (of that kind), tensors missing or of another shape.
VanillaGenerator load_vanilla(const std::filesystem::path& path, BlenderInfo* info);
Generator load_blender(const std::filesystem::path& path, BlenderInfo* info);

}  // namespace mammograft
