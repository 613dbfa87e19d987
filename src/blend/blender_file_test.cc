#include "blend/blender_file.h"

#include <gtest/gtest.h>

#include "blend/testing.h"
#include "core/testing.h"

namespace mammograft {
namespace {

TEST(BlenderFile, IsNotMistakenForAnother) {
  const TestFolder folder;
  const Cohort cohort = test_cohort(folder / "real", 4, 6);
  BlenderTrainingOptions options = tiny_training();
  options.steps = 1;
  const fs::path blend = train_tiny(cohort, options, folder / "blend").model;
  options.method = "vanilla";
  const fs::path vanilla = train_tiny(cohort, options, folder / "vanilla").model;
  BlenderInfo info;
  EXPECT_ERROR(load_blender(vanilla, &info), bad_input, "found a vanilla GAN");
  EXPECT_ERROR(load_vanilla(blend, &info), bad_input, "expected a vanilla GAN");
  TensorFile file = load_tensors(blend);
  file.metadata["kind"] = "mammograft-detector";
  save_tensors(folder / "detector.safetensors", file);
  EXPECT_ERROR(load_blender(folder / "detector.safetensors", &info), bad_input,
               "found 'mammograft-detector', expected 'mammograft-blender'");
  file.metadata.clear();
  save_tensors(folder / "bare.safetensors", file);
  EXPECT_ERROR(load_blender(folder / "bare.safetensors", &info), bad_input, "no 'kind'");
  file = load_tensors(blend);
  file.tensors.erase("generator.down0.weight");
  save_tensors(folder / "less.safetensors", file);
  EXPECT_ERROR(load_blender(folder / "less.safetensors", &info), bad_input,
               "less.safetensors: 1 tensors are missing: generator.down0.weight");
}

}  // namespace
}  // namespace mammograft
