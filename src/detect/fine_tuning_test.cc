#include "detect/fine_tuning.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "cohort/patient_set.h"
#include "core/files.h"
#include "core/model_description.h"
#include "core/safetensors.h"
#include "core/testing.h"

namespace mammograft {
namespace {

class FineTuning : public testing::Test {
 protected:
  // A file as far as this noun looks into it: without tensors.
  std::string file(const std::map<std::string, std::string>& metadata) const {
    const fs::path path = folder_ / "start.safetensors";
    SafeTensors content;
    content.metadata = metadata;
    write_safetensors(path, content);
    return path.string();
  }
  std::string detector(const DetectorOptions& options) const {
    return file(model_metadata("detector", {{"preset", options.preset},
                                            {"arch", options.arch},
                                            {"options", to_json(options)},
                                            {"masks", false},
                                            {PatientSet::kKey, Json::array()}}));
  }
  TestFolder folder_;
};

// Another network than the preset's.
DetectorOptions narrow_network(const std::string& preset, const std::string& arch) {
  DetectorOptions options = detector_preset(preset, arch);
  options.input.long_side_px = 64;
  options.backbone.fpn_channels = 8;
  return options;
}

TEST_F(FineTuning, GoesOnWithTheFilesNetworkByTheRecipeOfItsPreset) {
  for (const std::string preset : {"light", "torchvision", "paper"}) {
    for (const std::string arch : {"mask_rcnn", "retinanet"}) {
      const DetectorOptions network = narrow_network(preset, arch);
      const auto options = fine_tuning(detector(network));
      ASSERT_TRUE(options.has_value()) << preset << ", " << arch;
      DetectorTrainingOptions expected = training_preset(preset, arch);
      expected.model = network;
      EXPECT_EQ(to_json(*options), to_json(expected));
    }
  }
}

TEST_F(FineTuning, OfOthersNothingButWeightsIsKnown) {
  EXPECT_FALSE(fine_tuning("imagenet").has_value());
  EXPECT_FALSE(fine_tuning("random").has_value());
  EXPECT_FALSE(fine_tuning((folder_ / "none.safetensors").string()).has_value());
  EXPECT_FALSE(fine_tuning(folder_.path().string()).has_value());
  EXPECT_FALSE(fine_tuning(file({})).has_value());
  EXPECT_FALSE(fine_tuning(file(model_metadata("blender", Json::object()))).has_value());
}

TEST_F(FineTuning, DamagedFilesAreNamed) {
  const fs::path text = folder_ / "text.safetensors";
  write_file(text, "no model");
  EXPECT_ERROR(fine_tuning(text.string()), bad_input, text.string());
  EXPECT_ERROR(fine_tuning(file(model_metadata("detector", Json::object()))), bad_input,
               "start.safetensors: metadata: detector: options: missing");
}

TEST_F(FineTuning, NetworksAreToldInALine) {
  DetectorOptions network = narrow_network("light", "mask_rcnn");
  const std::string words = "network: mask_rcnn (light), 64 px, levels P3 to P6";
  EXPECT_EQ(network_words(network, {}), words);
  EXPECT_EQ(network_words(network, file({})), words) << "others' weights";
  network.input.mm_per_px = 0.25;
  EXPECT_EQ(network_words(network, {}),
            "network: mask_rcnn (light), 0.25 mm a pixel, levels P3 to P6");
  EXPECT_EQ(network_words(narrow_network("torchvision", "retinanet"), {}),
            "network: retinanet (torchvision), 64 px, levels P3 to P7");
}

TEST_F(FineTuning, TheFirstDifferenceToTheFilesNetworkIsTold) {
  const DetectorOptions network = narrow_network("light", "mask_rcnn");
  const std::string start = detector(network);
  const std::string words = "network: mask_rcnn (light), 64 px, levels P3 to P6";
  EXPECT_EQ(network_words(network, start), words + ", as " + start);
  DetectorOptions other = network;
  other.anchors.ratios = {0.5, 1, 2};  // as many, so all tensors fit
  EXPECT_EQ(network_words(other, start),
            words + "; not as " + start +
                ": model.anchors.ratios: found [0.5,1.0,2.0], expected [0.7,1.0,1.4]");
  EXPECT_EQ(network_words(narrow_network("light", "retinanet"), start),
            "network: retinanet (light), 64 px, levels P3 to P6; not as " + start +
                ": arch: found \"retinanet\", expected \"mask_rcnn\"");
}

}  // namespace
}  // namespace mammograft
