#include "nn/weights.h"

#include <gtest/gtest.h>
#include <torch/nn/module.h>
#include <torch/nn/modules/conv.h>
#include <torch/nn/modules/linear.h>
#include <torch/types.h>

#include <filesystem>
#include <limits>

#include "core/files.h"
#include "core/testing.h"

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

TEST(Weights, HandedOverTensorsAreTakenWhereNothingElseChanges) {
  const TensorMap tensors{{"a.weight", torch::rand({2, 3})},
                          {"a.bias", torch::rand({2}).to(torch::kBFloat16)},
                          {"offset", torch::rand({4})}};
  Pair copied;
  load_into(tensors, copied);
  EXPECT_NE(copied.a->weight.data_ptr(), tensors.at("a.weight").data_ptr());
  Pair module;
  EXPECT_EQ(hand_over(tensors, module).loaded.size(), 3u);
  EXPECT_EQ(module.a->weight.data_ptr(), tensors.at("a.weight").data_ptr());
  EXPECT_EQ(named_tensors(module).at("offset").data_ptr(), tensors.at("offset").data_ptr());
  EXPECT_TRUE(module.a->weight.requires_grad());
  EXPECT_EQ(module.a->bias.scalar_type(), torch::kFloat32);
  EXPECT_TRUE(torch::equal(module.a->bias, tensors.at("a.bias").to(torch::kFloat32)));
}

// Kernels see the strides that they would see of a copy.
TEST(Weights, HandedOverTensorsKeepTheLayoutOfTheModule) {
  torch::nn::Conv2d wide(torch::nn::Conv2dOptions(4, 6, 3)),
      thin(torch::nn::Conv2dOptions(4, 6, 1));
  for (torch::nn::Conv2d conv : {wide, thin}) {
    conv->weight.set_data(conv->weight.detach().clone(at::MemoryFormat::ChannelsLast));
    const std::vector<int64_t> strides = conv->weight.strides().vec();
    const torch::Tensor weight = torch::rand(conv->weight.sizes());
    hand_over({{"weight", weight}}, *conv);
    EXPECT_TRUE(torch::equal(conv->weight, weight));
    EXPECT_EQ(conv->weight.strides().vec(), strides);
    EXPECT_EQ(conv->weight.data_ptr() == weight.data_ptr(), weight.size(2) == 1);
  }
}

// A file of another program: float8 weights, of which the module may or may not need one.
std::filesystem::path with_float8(const char* file, const std::string& name,
                                  const std::vector<int64_t>& shape) {
  const std::filesystem::path path = scratch(file);
  SafeTensors content;
  content.tensors["a.bias"] = raw_from_tensor(torch::ones({2}));
  content.tensors[name] = {"I8", shape, std::string(shape[0] * shape[1], '\0')};
  write_safetensors(path, content);
  std::string bytes = read_file(path);
  bytes.replace(bytes.find(R"("I8")"), 4, R"("F8")");
  write_file(path, bytes);
  return path;
}

TEST(Weights, ADtypeThatIsNotReadMattersWhereItIsNeeded) {
  Pair module;
  const auto needed = with_float8("needed.safetensors", "a.weight", {2, 3});
  EXPECT_ERROR(load_weights(needed, module), bad_input,
               "needed.safetensors: a.weight: dtype: found F8, expected F32");
  EXPECT_ERROR(load_tensors(needed), bad_input, "needed.safetensors: a.weight: dtype: found F8");
  for (const auto& path : {with_float8("unneeded.safetensors", "b.weight", {2, 3}),
                           with_float8("unfit.safetensors", "a.weight", {4, 3})}) {
    const LoadReport report = load_weights(path, module);
    EXPECT_EQ(report.loaded, std::vector<std::string>{"a.bias"});
    EXPECT_EQ(report.unused.size(), 1u);
    EXPECT_EQ(report.missing, (std::vector<std::string>{"a.weight", "offset"}));
  }
  EXPECT_TRUE(torch::equal(module.a->bias, torch::ones({2})));
}

TEST(Weights, EightBitsComeBackAsFloat) {
  const auto path = scratch("eight.safetensors");
  const torch::Tensor weight = torch::tensor({{1.27f, -0.5f, 0.1f}, {0.0f, 2.54f, -1.0f}});
  TensorFile file{{{"a.bias", torch::ones({2})}, {"a.weight", weight}}, {}, {"a.weight"}};
  save_tensors(path, file);
  EXPECT_EQ(read_safetensors(path).tensors.at("a.weight").dtype, "I8");
  const TensorFile read = load_tensors(path);
  EXPECT_EQ(read.tensors.size(), 2u);
  EXPECT_TRUE(torch::allclose(read.tensors.at("a.weight"), weight));
  Pair module;
  EXPECT_EQ(load_weights(path, module).loaded, (std::vector<std::string>{"a.bias", "a.weight"}));
  EXPECT_TRUE(torch::allclose(module.a->weight, weight));
}

TEST(Weights, EightBitsNeedTheirScales) {
  const auto path = scratch("scaleless.safetensors");
  SafeTensors content;
  content.tensors["a.weight"] = {"I8", {2, 3}, std::string(6, '\1')};
  write_safetensors(path, content);
  Pair module;
  EXPECT_ERROR(load_weights(path, module), bad_input,
               "scaleless.safetensors: a.weight: found I8 [2, 3], expected beside it "
               "'a.weight.row_scale', F32");
  EXPECT_ERROR(load_tensors(path), bad_input, "expected beside it 'a.weight.row_scale'");
  content.tensors["a.weight.row_scale"] = raw_from_tensor(torch::ones({3}));
  write_safetensors(path, content);
  EXPECT_ERROR(load_tensors(path), bad_input, "expected beside it 'a.weight.row_scale'");
}

TEST(Weights, ValuesThatAreNotFiniteAreNamed) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  TensorFile file;
  file.tensors["trunk.weight"] = torch::ones({2, 3});
  file.tensors["trunk.bias"] = torch::tensor({1.0, nan});
  file.tensors["other"] = torch::tensor({nan});
  const auto path = scratch("nan.safetensors");
  const auto name_of = [](const std::string& name) {
    return name.rfind("trunk.", 0) == 0 ? "a." + name.substr(6) : name;
  };
  save_tensors(path, file);
  Pair module;
  EXPECT_ERROR(load_weights(path, module, name_of), bad_input,
               "nan.safetensors: trunk.bias: found values that are not finite");
  for (const double value : {nan, HUGE_VAL, -HUGE_VAL}) {
    torch::Tensor long_one = torch::ones({100});
    long_one[70] = value;
    EXPECT_ERROR(check_finite(long_one, "x"), bad_input, "x: found values that are not finite");
  }
  check_finite(torch::empty({0}), "x");
  file.tensors["trunk.bias"] = torch::ones({2});
  save_tensors(path, file);
  EXPECT_EQ(load_weights(path, module, name_of).loaded,
            (std::vector<std::string>{"a.bias", "a.weight"}));
}

}  // namespace
}  // namespace mammograft
