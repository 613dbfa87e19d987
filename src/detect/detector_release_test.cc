#include "detect/detector_release.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <cstdlib>

#include "core/files.h"
#include "core/testing.h"
#include "detect/detector_file.h"
#include "detect/engine_testing.h"
#include "nn/eight_bit_rows.h"

namespace mammograft {
namespace {

TEST(DetectorRelease, QuartersTheWeightsAndKeepsTheRest) {
  const TestFolder folder;
  const std::filesystem::path model = folder / "model.safetensors", out = folder / "handed-on";
  DetectorInfo info{fake_options(), false, PatientSet::of({"a/1"}), {{"seed", 3}}, {}};
  const auto network = fake_network();
  save_detector(model, *network, info);
  write_release(model, {"films", "1.2.0"}, out);
  EXPECT_LT(std::filesystem::file_size(out), 0.3 * std::filesystem::file_size(model));

  DetectorInfo released;
  const auto loaded = load_detector(out, &released);
  EXPECT_EQ(released.release, (Json{{"name", "films"}, {"version", "1.2.0"}}));
  EXPECT_EQ(released.patients_hashed, info.patients_hashed);
  EXPECT_EQ(to_json(released.options), to_json(info.options));
  const TensorMap before = named_tensors(*network), after = named_tensors(*loaded);
  for (const auto& [name, tensor] : before) {
    const torch::Tensor expected = tensor.dim() > 1 ? scaled_rows(eight_bit_rows(tensor)) : tensor;
    EXPECT_TRUE(torch::equal(after.at(name), expected)) << name;
  }
  write_release(out, {"films", "1.3.0"}, out);  // again, in its own place
  EXPECT_EQ(read_detector_info(out).release.at("version"), "1.3.0");
}

TEST(DetectorRelease, OfSomethingElseIsRefused) {
  const TestFolder folder;
  EXPECT_ERROR(write_release(folder / "none", {"a", "1"}, folder / "out"), io, "none");
}

TEST(DetectorRelease, SaysWhatToDoWhereNoneShips) {
  const TestFolder folder;
  const char* before = std::getenv("MAMMOGRAFT_ASSETS");
  const std::string kept = before ? before : "";
  write_file(folder / "detector.safetensors", "x");
  ::setenv("MAMMOGRAFT_ASSETS", folder.path().c_str(), 1);
  EXPECT_EQ(shipped_detector(), std::filesystem::canonical(folder / "detector.safetensors"));
  if (before)
    ::setenv("MAMMOGRAFT_ASSETS", kept.c_str(), 1);
  else
    ::unsetenv("MAMMOGRAFT_ASSETS");
}

}  // namespace
}  // namespace mammograft
