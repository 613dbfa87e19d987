#include "nn/model_file.h"

#include <gtest/gtest.h>
#include <torch/nn/modules/linear.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <limits>

#include "core/files.h"
#include "core/safetensors.h"
#include "core/testing.h"

namespace mammograft {
namespace {

class ModelFileTest : public testing::Test {
 protected:
  ModelFileTest() {
    torch::manual_seed(1);
    save_model(path_, "walker", named_tensors(*network_), {{"legs", 4}});
  }

  // The file with other metadata.
  std::filesystem::path with(const std::map<std::string, std::string>& metadata) {
    TensorFile file = load_tensors(path_);
    file.metadata = metadata;
    save_tensors(folder_ / "other", file);
    return folder_ / "other";
  }

  const TestFolder folder_;
  const std::filesystem::path path_ = folder_ / "model";
  torch::nn::Linear network_{3, 2};
};

TEST_F(ModelFileTest, ComesBackAsItWasSaved) {
  const ModelFile file = load_model(path_, "walker");
  EXPECT_EQ(file.description.view().integer("legs"), 4);
  torch::nn::Linear other(3, 2);
  fill_network(file.tensors, "", *other, path_);
  EXPECT_TRUE(torch::equal(other->weight, network_->weight));
  EXPECT_TRUE(torch::equal(other->bias, network_->bias));
  EXPECT_EQ(read_model_description(path_, "walker").json, (Json{{"legs", 4}}));
  EXPECT_TRUE(is_model(path_, "walker"));
  EXPECT_FALSE(is_model(path_, "swimmer"));
  EXPECT_FALSE(is_model(with({}), "walker"));
}

// The layout that docs/formats.md promises to other programs.
TEST_F(ModelFileTest, SaysWhatItIsInItsMetadata) {
  EXPECT_EQ(read_safetensors_header(path_).metadata,
            (std::map<std::string, std::string>{
                {"kind", "mammograft-walker"}, {"format", "1"}, {"walker", "{\"legs\":4}"}}));
}

TEST_F(ModelFileTest, OthersAreRejectedAndNamed) {
  const auto load = [this](const std::map<std::string, std::string>& metadata) {
    return load_model(with(metadata), "walker");
  };
  EXPECT_ERROR(load({}), bad_input,
               "other: metadata: no 'kind', expected a walker made by mammograft");
  EXPECT_ERROR(load({{"kind", "mammograft-swimmer"}}), bad_input,
               "other: metadata: kind: found 'mammograft-swimmer', expected 'mammograft-walker'");
  EXPECT_ERROR(load({{"kind", "mammograft-walker"}, {"format", "2"}, {"walker", "{}"}}), bad_input,
               "other: metadata: format: found '2', expected '1'");
  EXPECT_ERROR(load({{"kind", "mammograft-walker"}, {"format", "1"}}), bad_input,
               "other: metadata: no 'walker'");
  EXPECT_ERROR(load({{"kind", "mammograft-walker"}, {"format", "1"}, {"walker", "{"}}), bad_input,
               "other: metadata: walker: line 1, column 2: not JSON");
  EXPECT_ERROR(load_model(path_, "walker").description.view().integer("wings"), bad_input,
               "model: metadata: walker: wings: missing");
}

TEST_F(ModelFileTest, FillsANetworkOrNamesWhatDoesNotFit) {
  const TensorMap tensors{{"own.weight", torch::ones({2, 3})}, {"own.bias", torch::zeros({2})}};
  fill_network(tensors, "own.", *network_, path_);
  EXPECT_EQ(network_->weight.sum().item<float>(), 6);
  EXPECT_ERROR(fill_network(tensors, "", *network_, "file"), bad_input,
               "file: 2 tensors are missing: bias, weight");
  torch::nn::Linear wider(3, 4);
  EXPECT_ERROR(
      fill_network(tensors, "own.", *wider, "file"), bad_input,
      "file: tensors of another shape: own.bias: found [2], expected [4], own.weight: found");
  tensors.at("own.bias")[1] = std::numeric_limits<float>::infinity();
  EXPECT_ERROR(fill_network(tensors, "own.", *network_, "file"), bad_input,
               "file: own.bias: found values that are not finite");
}

}  // namespace
}  // namespace mammograft
