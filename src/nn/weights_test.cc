#include "nn/weights.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <filesystem>

#include "core/error.h"

namespace mammograft {
namespace {

struct Pair : torch::nn::Module {
  Pair() {
    a = register_module("a", torch::nn::Linear(3, 2));
    register_buffer("offset", torch::zeros({4}));
  }
  torch::nn::Linear a{nullptr};
};

std::filesystem::path scratch(const char* name) {
  return std::filesystem::path(testing::TempDir()) / name;
}

TEST(Weights, EveryDtypeSurvivesTheFile) {
  TensorFile file;
  const torch::Tensor base = torch::tensor({-1.5, 0.0, 2.25, 3.0}).view({2, 2});
  for (const auto dtype : {torch::kFloat32, torch::kBFloat16, torch::kFloat16, torch::kFloat64,
                           torch::kInt64, torch::kInt32, torch::kUInt8, torch::kBool}) {
    file.tensors[c10::toString(dtype)] = base.abs().to(dtype);
  }
  file.tensors["transposed"] = base.t();
  file.tensors["scalar"] = torch::scalar_tensor(7, torch::kInt64);
  file.metadata["kind"] = "test";
  save_tensors(scratch("dtypes.safetensors"), file);
  const TensorFile read = load_tensors(scratch("dtypes.safetensors"));
  ASSERT_EQ(read.tensors.size(), file.tensors.size());
  EXPECT_EQ(read.metadata, file.metadata);
  for (const auto& [name, tensor] : file.tensors) {
    EXPECT_EQ(read.tensors.at(name).scalar_type(), tensor.scalar_type()) << name;
    EXPECT_TRUE(torch::equal(read.tensors.at(name), tensor)) << name;
  }
}

TEST(Weights, LoadIntoReportsWhatFitsAndWhatDoesNot) {
  Pair module;
  const torch::Tensor weight = torch::rand({2, 3}).to(torch::kBFloat16);
  const TensorMap tensors{{"a.weight", weight},
                          {"a.bias", torch::zeros({5})},
                          {"b.weight", torch::zeros({1})},
                          {"b.num_batches_tracked", torch::zeros({})}};
  const LoadReport report = load_into(tensors, module);
  EXPECT_EQ(report.loaded, std::vector<std::string>{"a.weight"});
  EXPECT_EQ(report.missing, std::vector<std::string>{"offset"});
  EXPECT_EQ(report.unused, std::vector<std::string>{"b.weight"});
  EXPECT_EQ(report.mismatched, (std::vector<Mismatch>{{"a.bias", {5}, {2}}}));
  EXPECT_EQ(texts_of(report.mismatched),
            std::vector<std::string>{"a.bias: found [5], expected [2]"});
  EXPECT_TRUE(torch::equal(module.a->weight, weight.to(torch::kFloat32)));
  EXPECT_TRUE(module.a->weight.requires_grad());
}

TEST(Weights, UnknownDtypeIsBadInput) {
  EXPECT_THROW(tensor_from_raw({"C64", {1}, std::string(8, '\0')}), Error);
}

}  // namespace
}  // namespace mammograft
