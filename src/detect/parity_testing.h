// What the tests of parity with torchvision share. What torchvision says, in fp64, comes from the
// scripts in tests/golden/detect/: as samples in a golden file, which is here always, and as whole
// tensors of a larger case in a folder, which tests/torchvision_parity.py makes where torchvision
// is installed. Weights and images are numbers that fp32 holds. Only for *_test.cc files.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/json.h"
#include "detect/detector_file.h"
#include "detect/testing.h"
#include "nn/testing.h"

namespace mammograft {

// How near our network comes to torchvision's. In fp64 no processor's rounding matters: whatever is
// off by more than this is another formula. In fp32, where gradients are compared otherwise, the
// kernels of an AVX2 processor were off by 4e-6 of the largest value.
struct Tolerances {
  double intermediate;  // of the largest value
  double loss;          // relative
  double box_px, score, mask;
};
constexpr Tolerances kFp64{1e-8, 1e-8, 1e-8, 1e-8, 1e-8}, kFp32{1e-4, 1e-4, 0.01, 1e-4, 1e-3};
constexpr double kGradientFp64 = 1e-8;  // norm of the difference over the norm

// What torchvision says in one case.
class Reference {
 public:
  explicit Reference(Json json, TensorMap tensors = {})
      : json_(std::move(json)), tensors_(std::move(tensors)) {
    if (!json_.contains("tensors")) return;
    for (const auto& [name, tensor] : json_["tensors"].items()) {
      if (tensor.contains("values")) {
        tensors_[name] = tensor_of(tensor, "values", torch::kDouble);
      } else {
        summaries_[name] = tensor;
      }
    }
  }

  const Json& json(const char* key) const { return json_.at(key); }
  bool whole(const std::string& name) const { return tensors_.count(name) > 0; }
  const torch::Tensor& at(const std::string& name) const { return tensors_.at(name); }
  // "proposals" -> the boxes of each image
  std::vector<torch::Tensor> boxes(const std::string& start, const std::string& end,
                                   torch::ScalarType type) const {
    std::vector<torch::Tensor> boxes;
    for (int n = 0; whole(start + std::to_string(n) + end); ++n)
      boxes.push_back(at(start + std::to_string(n) + end).to(type));
    return boxes;
  }
  std::vector<std::string> names(const std::string& start) const {
    std::vector<std::string> names;
    for (const auto& item : tensors_)
      if (item.first.starts_with(start)) names.push_back(item.first);
    for (const auto& item : summaries_)
      if (item.first.starts_with(start)) names.push_back(item.first);
    return names;
  }

  // How far `value` is from torchvision's: the largest difference over the largest value. Of a
  // summary: samples in that unit, the norm, and the product with noise over the norm.
  double difference(const std::string& name, const torch::Tensor& value) const {
    if (shape(name) != value.sizes().vec()) return std::numeric_limits<double>::infinity();
    const torch::Tensor v = flat(value);
    if (whole(name)) {
      const torch::Tensor expected = flat(at(name));
      return ((v - expected).abs().max() / expected.abs().max()).item<double>();
    }
    const Json& summary = summaries_.at(name);
    double worst = difference_of_norms(name, v);
    for (const Json& sample : summary["samples"]) {
      worst = std::max(
          worst, std::abs(v[sample[0].get<int64_t>()].item<double>() - sample[1].get<double>()) /
                     summary["largest"].get<double>());
    }
    return worst;
  }

  // The norm of the difference over the norm; of a summary: the norm, and the product with noise.
  double relative_norm(const std::string& name, const torch::Tensor& value) const {
    if (shape(name) != value.sizes().vec()) return std::numeric_limits<double>::infinity();
    const torch::Tensor v = flat(value);
    if (!whole(name)) return difference_of_norms(name, v);
    const torch::Tensor expected = flat(at(name));
    return ((v - expected).norm() / expected.norm()).item<double>();
  }

  void expect_close(const std::string& name, const torch::Tensor& value, double tolerance) const {
    expect_small(name, difference(name, value), tolerance);
  }
  void expect_near(const std::string& name, const torch::Tensor& value, double tolerance) const {
    expect_small(name, largest_difference(value, at(name)), tolerance);
  }
  void expect_close_in_norm(const std::string& name, const torch::Tensor& value,
                            double tolerance) const {
    expect_small(name, relative_norm(name, value), tolerance);
  }

 private:
  static torch::Tensor flat(const torch::Tensor& tensor) {
    return tensor.detach().to(torch::kDouble).contiguous().flatten();
  }
  std::vector<int64_t> shape(const std::string& name) const {
    return whole(name) ? at(name).sizes().vec()
                       : summaries_.at(name)["shape"].get<std::vector<int64_t>>();
  }
  double difference_of_norms(const std::string& name, const torch::Tensor& v) const {
    const Json& summary = summaries_.at(name);
    const double norm = summary["norm"].get<double>(), product = summary["product"].get<double>();
    return std::max(std::abs(v.norm().item<double>() - norm),
                    std::abs(v.dot(golden_noise(name, v.sizes())).item<double>() - product)) /
           norm;
  }
  static void expect_small(const std::string& name, double found, double tolerance) {
    if (std::getenv("MAMMOGRAFT_PARITY_VERBOSE")) fmt::print("{:60} {:.1e}\n", name, found);
    EXPECT_LE(found, tolerance) << name;
  }

  Json json_;
  TensorMap tensors_;
  std::map<std::string, Json> summaries_;
};

// filler() and images() of parity.py, before they are rounded to fp32.
inline torch::Tensor filler(const std::string& seed, const std::string& name,
                            at::IntArrayRef shape) {
  torch::Tensor values = golden_noise(seed + "/" + name, shape);
  const double deviation = 0.03;
  if (name.ends_with("running_var")) return deviation * deviation * (1 + 0.5 * values);
  if (name.find(".bn") != std::string::npos || name.find(".downsample.1.") != std::string::npos) {
    return name.ends_with("weight") ? deviation * (0.6 + 0.2 * values) : 0.1 * values;
  }
  if (name == "head.classification_head.cls_logits.bias") return 0.1 * values - 4.6;
  if (shape.size() == 1) return 0.1 * values;
  static const std::map<std::string, double> gains = {
      {"rpn.head.bbox_pred.weight", 0.1},
      {"roi_heads.box_predictor.cls_score.weight", 2},
      {"head.regression_head.bbox_reg.weight", 0.1},
      {"head.classification_head.cls_logits.weight", 0.3}};
  const auto found = gains.find(name);
  const double gain = found == gains.end() ? 1 : found->second;
  const auto inputs = static_cast<double>(c10::multiply_integers(shape.slice(1)));
  return values.mul_(gain * std::sqrt(6 / inputs));
}

inline torch::Tensor golden_images(const std::string& seed, int64_t height, int64_t width) {
  torch::Tensor result = torch::full({2, 1, height, width}, 0.5, torch::kDouble);
  for (int64_t side : {4, 8, 16, 32}) {
    const torch::Tensor coarse =
        golden_noise(seed + "/images/" + std::to_string(side), {2, 1, side, side}) * 0.25;
    result += coarse.repeat_interleave(height / side, 2).repeat_interleave(width / side, 3);
  }
  return result.clamp(0, 1);
}

inline torch::Tensor normalised(const torch::Tensor& grey) {
  const auto channels = [](std::vector<double> v) {
    return torch::tensor(v, torch::kDouble).view({1, 3, 1, 1});
  };
  return ((grey.to(torch::kDouble) - channels({0.485, 0.456, 0.406})) /
          channels({0.229, 0.224, 0.225}))
      .to(grey.scalar_type());
}

// A network and images of a case, both in fp32 or both in fp64.
template <typename Network>
struct ParityCase {
  const Reference& reference;
  std::shared_ptr<Network> network;
  torch::Tensor grey;
  int64_t height() const { return grey.size(2); }
  int64_t width() const { return grey.size(3); }
  torch::ScalarType type() const { return grey.scalar_type(); }
  const Tolerances& allowed() const { return type() == torch::kDouble ? kFp64 : kFp32; }
  std::vector<torch::Tensor> boxes(const std::string& start, const std::string& end) const {
    return reference.boxes(start, end, type());
  }
  // Whether what is kept of many candidates is torchvision's choice: in fp32 only where the
  // golden file's margins keep rounding from turning near ties.
  bool decides() const { return type() == torch::kDouble || !reference.whole("p3"); }

  void expect_close(const std::string& name, const torch::Tensor& value) const {
    reference.expect_close(name, value, allowed().intermediate);
  }
  void expect_loss(const std::string& name, const torch::Tensor& value) const {
    reference.expect_close(name, value, allowed().loss);
  }
  void expect_boxes(const std::string& name, const torch::Tensor& boxes) const {
    reference.expect_near(name, boxes, allowed().box_px);
  }
  void expect_scores(const std::string& name, const torch::Tensor& scores) const {
    reference.expect_near(name, scores, allowed().score);
  }
  // The same weights and images in another arithmetic; gradients are dropped.
  void to(torch::ScalarType type) {
    network->zero_grad(/*set_to_none=*/true);
    network->to(type);
    grey = grey.to(type);
  }
};

// The cases of a golden file.
inline std::vector<Reference> read_golden_cases(const std::string& file) {
  std::vector<Reference> cases;
  for (const Json& json :
       read_json(std::filesystem::path(MAMMOGRAFT_SOURCE_DIR) / "tests/golden/detect" / file))
    cases.emplace_back(json);
  return cases;
}

inline torch::Tensor golden_images(const Reference& reference) {
  const Json& size = reference.json("size");
  return golden_images(reference.json("seed"), size[0], size[1]).to(torch::kFloat);
}

template <typename Network>
ParityCase<Network> golden_case(const Reference& reference, const DetectorOptions& options,
                                torch::ScalarType type) {
  ParityCase<Network> c{reference, std::make_shared<Network>(options), golden_images(reference)};
  {
    const torch::NoGradGuard no_grad;
    for (auto& [name, tensor] : named_tensors(*c.network))
      tensor.copy_(filler(reference.json("seed"), name, tensor.sizes()));
  }
  c.to(type);
  return c;
}

// Tests of the larger case; the scripts' folder comes from the environment.
class FromParityFolder : public testing::Test {
 protected:
  void SetUp() override {
    if (folder().empty()) GTEST_SKIP() << "tests/torchvision_parity.py runs this";
  }
  static std::filesystem::path folder() {
    const char* path = std::getenv("MAMMOGRAFT_PARITY_FOLDER");
    return path == nullptr ? "" : path;
  }
  static Reference reference(const std::string& name) {
    return Reference(read_json(folder() / (name + ".json")),
                     load_tensors(folder() / (name + ".safetensors")).tensors);
  }
  template <typename Network>
  static ParityCase<Network> load(const Reference& reference, const DetectorOptions& options,
                                  const std::string& weights, torch::ScalarType type) {
    ParityCase<Network> c{reference, std::make_shared<Network>(options), reference.at("images")};
    const LoadReport report = initialise_from(folder() / weights, *c.network);
    EXPECT_TRUE(report.missing.empty() && report.mismatched.empty() && report.unused.empty());
    c.to(type);
    return c;
  }
};

// "truth" of the case: boxes [[x, y, x, y], ...] -> [G, 4]
inline torch::Tensor boxes_of(const Json& list, torch::ScalarType type) {
  const auto count = static_cast<int64_t>(list.size());
  torch::Tensor boxes = torch::zeros({count, 4}, type);
  for (int64_t g = 0; g < count; ++g)
    boxes[g] = torch::tensor(list[g].get<std::vector<double>>(), type);
  return boxes;
}

// The gradient of every parameter, after backward() in fp64.
inline void expect_gradients(const Reference& reference, const torch::nn::Module& network) {
  const auto parameters = network.named_parameters();
  EXPECT_EQ(parameters.size(), reference.names("grad.").size());
  for (const auto& item : parameters) {
    ASSERT_TRUE(item.value().grad().defined()) << item.key();
    reference.expect_close_in_norm("grad." + item.key(), item.value().grad(), kGradientFp64);
  }
}

inline std::vector<torch::Tensor> gradients_of(const torch::nn::Module& network) {
  std::vector<torch::Tensor> gradients;
  for (const torch::Tensor& parameter : network.parameters())
    gradients.push_back(parameter.grad().to(torch::kDouble));
  return gradients;
}

// Our gradients in fp32 beside those in fp64, all of them as one vector. One tensor alone would not
// do: where rounding turns the sign of an activation, its whole gradient comes or goes, and with it
// one channel of one weight. Of activations that are off by a share e, a share of about e turns,
// which is e of the sum of squares and √e of the norm: so the bound is √kFp32.intermediate,
// whatever the processor.
constexpr double kGradientsFp32 = 1e-2;

inline void expect_fp32_near(const std::vector<torch::Tensor>& fp32,
                             const std::vector<torch::Tensor>& fp64) {
  double error = 0, norm = 0;
  for (size_t i = 0; i < fp64.size(); ++i) {
    error += (fp32[i] - fp64[i]).square().sum().item<double>();
    norm += fp64[i].square().sum().item<double>();
  }
  EXPECT_LE(std::sqrt(error / norm), kGradientsFp32);
}

}  // namespace mammograft
