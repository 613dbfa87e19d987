// The only file that sees OpenVINO.
#include "nn/openvino_network.h"

#include "core/error.h"
#include "core/parallel.h"
#include "nn/imagenet.h"

#ifdef MAMMOGRAFT_OPENVINO

#include <algorithm>
#include <cmath>
#include <list>
#include <openvino/openvino.hpp>
#include <openvino/opsets/opset13.hpp>
#include <optional>

namespace mammograft {
namespace {

namespace op = ov::opset13;
using Value = ov::Output<ov::Node>;

// Sizes that stay compiled; each keeps the weights in a layout of its own.
constexpr size_t kCompiledSizes = 12;

Value constant(const std::vector<float>& values, const ov::Shape& shape) {
  return op::Constant::create(ov::element::f32, shape, values);
}

Value integers(const std::vector<int64_t>& values) {
  return op::Constant::create(ov::element::i64, {values.size()}, values);
}

ov::Shape shape_of(const PlanNode& node) { return {node.shape.begin(), node.shape.end()}; }

// Marks a map as one of 8 bits; OpenVINO's passes then turn the convolutions behind it into int8.
Value quantized(const Value& x, const ActivationRange& range) {
  const auto high = static_cast<float>(range.limit);
  const float low = range.negative ? -high * 128 / 127 : 0;
  const auto c = [](float value) { return constant({value}, {1, 1, 1, 1}); };
  return std::make_shared<op::FakeQuantize>(x, c(low), c(high), c(low), c(high), 256);
}

// x86 without VNNI adds pairs of products of bytes in 16 bits, which overflow and saturate
// (vpmaddubsw): 255 * 127 * 2 is twice as much as they hold.
bool pairs_of_bytes_saturate() {
#if defined(__x86_64__)
  return !__builtin_cpu_supports("avx512vnni") && !__builtin_cpu_supports("avxvnni");
#else
  return false;
#endif
}

// The weight on 255 symmetric steps, each output channel with its own; where pairs of products
// would saturate, on the inner 129 of as many steps of twice the width.
Value quantized_weight(const PlanNode& node) {
  const float room = pairs_of_bytes_saturate() ? 2 : 1;
  const auto channels = static_cast<size_t>(node.shape[0]);
  const size_t per_channel = node.weight.size() / channels;
  std::vector<float> high(channels), low(channels);
  for (size_t k = 0; k < channels; ++k) {
    float largest = 1e-12f;  // a channel of zeros still needs a range
    for (size_t i = 0; i < per_channel; ++i)
      largest = std::max(largest, std::abs(node.weight[k * per_channel + i]));
    high[k] = room * largest, low[k] = -high[k];
  }
  const auto c = [&](const std::vector<float>& v) { return constant(v, {channels, 1, 1, 1}); };
  return std::make_shared<op::FakeQuantize>(constant(node.weight, shape_of(node)), c(low), c(high),
                                            c(low), c(high), 255);
}

// A ConvPlan as OpenVINO's graph, one value a node.
class Graph {
 public:
  // ranges: null leaves all in floating point.
  Graph(const ConvPlan& plan, const ActivationRanges* ranges, int64_t height, int64_t width)
      : plan_(plan), ranges_(ranges) {
    const auto h = static_cast<size_t>(height), w = static_cast<size_t>(width);
    parameter_ = std::make_shared<op::Parameter>(ov::element::f32, ov::Shape{1, 1, h, w});
    for (const PlanNode& node : plan.nodes) values_.push_back(value(node));
  }

  std::shared_ptr<ov::Model> model(bool bf16) const {
    ov::ResultVector results;
    for (const PlanOutput& output : plan_.outputs) {
      Value y = std::make_shared<op::Transpose>(of(output.node), integers({0, 2, 3, 1}));
      if (bf16 && !output.exact) y = std::make_shared<op::Convert>(y, ov::element::bf16);
      results.push_back(std::make_shared<op::Result>(y));
    }
    return std::make_shared<ov::Model>(results, ov::ParameterVector{parameter_});
  }

 private:
  const Value& of(int node) const { return values_.at(static_cast<size_t>(node)); }

  Value rounded(int node) {
    if (ranges_ == nullptr) return of(node);
    auto& known = quantized_[node];
    if (!known) {
      const std::string& name = plan_.nodes[static_cast<size_t>(node)].name;
      const auto range = ranges_->find(name);
      if (range == ranges_->end())
        fail(ErrorKind::bad_input, "calibration: no range for '{}'", name);
      known = quantized(of(node), range->second);
    }
    return *known;
  }

  Value value(const PlanNode& node) {
    switch (node.kind) {
      case PlanNode::Kind::image:
        return image();
      case PlanNode::Kind::convolution:
        return convolution(node);
      case PlanNode::Kind::max_pool:
        return std::make_shared<ov::op::v1::MaxPool>(
            of(node.input), ov::Strides{2, 2}, ov::Shape{1, 1}, ov::Shape{1, 1}, ov::Shape{3, 3});
      case PlanNode::Kind::every_second:
        return std::make_shared<ov::op::v1::MaxPool>(
            of(node.input), ov::Strides{2, 2}, ov::Shape{0, 0}, ov::Shape{0, 0}, ov::Shape{1, 1});
      case PlanNode::Kind::relu:
        return std::make_shared<op::Relu>(of(node.input));
      case PlanNode::Kind::add_upsampled:
        return add_upsampled(node);
      case PlanNode::Kind::regions:
      case PlanNode::Kind::linear:
      case PlanNode::Kind::transposed_convolution:
        fail(ErrorKind::defect, "plan: '{}': of a head, which LibTorch runs", node.name);
    }
    fail(ErrorKind::defect, "plan: '{}': a kind that is not known", node.name);
  }

  Value image() const {
    std::vector<float> inverse;
    for (const float deviation : kImagenetDeviation) inverse.push_back(1 / deviation);
    const Value mean = constant({kImagenetMean.begin(), kImagenetMean.end()}, {1, 3, 1, 1});
    return std::make_shared<op::Multiply>(std::make_shared<op::Subtract>(parameter_, mean),
                                          constant(inverse, {1, 3, 1, 1}));
  }

  Value convolution(const PlanNode& node) {
    const auto stride = static_cast<size_t>(node.stride);
    const ov::CoordinateDiff padding(2, static_cast<ptrdiff_t>(node.padding));
    Value y = std::make_shared<op::Convolution>(
        rounded(node.input),
        ranges_ != nullptr ? quantized_weight(node) : constant(node.weight, shape_of(node)),
        ov::Strides{stride, stride}, padding, padding, ov::Strides{1, 1});
    y = std::make_shared<op::Add>(y, constant(node.bias, {1, node.bias.size(), 1, 1}));
    if (node.other >= 0) y = std::make_shared<op::Add>(y, rounded(node.other));
    return node.relu ? Value(std::make_shared<op::Relu>(y)) : y;
  }

  Value add_upsampled(const PlanNode& node) const {
    using Resize = op::Interpolate;
    const ov::Shape target = of(node.input).get_shape();
    const Resize::InterpolateAttrs nearest(
        Resize::InterpolateMode::NEAREST, Resize::ShapeCalcMode::SIZES, {0, 0}, {0, 0},
        Resize::CoordinateTransformMode::ASYMMETRIC, Resize::NearestMode::FLOOR);
    const Value sizes =
        integers({static_cast<int64_t>(target[2]), static_cast<int64_t>(target[3])});
    return std::make_shared<op::Add>(
        of(node.input), std::make_shared<Resize>(of(node.other), sizes, integers({2, 3}), nearest));
  }

  const ConvPlan& plan_;
  const ActivationRanges* ranges_;
  std::shared_ptr<op::Parameter> parameter_;
  std::vector<Value> values_;
  std::map<int, std::optional<Value>> quantized_;
};

struct Compiled {
  int64_t height, width;
  ov::CompiledModel model;
  ov::InferRequest request;
};

}  // namespace

struct OpenVinoNetwork::Impl {
  ConvPlan plan;
  ActivationRanges ranges;
  bool int8 = false, bf16 = false;
  int threads = 1;
  ov::Core core;
  std::list<Compiled> compiled;  // the last used first

  Compiled compile(int64_t height, int64_t width) {
    // Shapes are fixed: with open ones some int8 maps of OpenVINO 2026.4 were wrong.
    Graph graph(plan, int8 ? &ranges : nullptr, height, width);
    ov::CompiledModel model = core.compile_model(
        graph.model(bf16), "CPU",
        {ov::hint::inference_precision(bf16 ? ov::element::bf16 : ov::element::f32),
         ov::hint::execution_mode(ov::hint::ExecutionMode::PERFORMANCE), ov::num_streams(1),
         ov::inference_num_threads(threads), ov::hint::enable_cpu_pinning(false)});
    return {height, width, model, model.create_infer_request()};
  }

  // Ready for this size; one list entry moves to the front, the one used longest ago falls off.
  Compiled& ready(int64_t height, int64_t width) {
    const auto known = std::find_if(compiled.begin(), compiled.end(), [&](const Compiled& c) {
      return c.height == height && c.width == width;
    });
    if (known != compiled.end()) {
      compiled.splice(compiled.begin(), compiled, known);
    } else {
      if (compiled.size() == kCompiledSizes) compiled.pop_back();
      compiled.push_front(compile(height, width));
    }
    return compiled.front();
  }
};

OpenVinoNetwork::OpenVinoNetwork(const ConvPlan& plan, const std::string& precision,
                                 const ActivationRanges& ranges, int threads)
    : impl_(std::make_unique<Impl>()) {
  ensure(precision == "fp32" || precision == "bf16" || precision == "int8",
         "OpenVinoNetwork: precision: found '{}'", precision);
  impl_->plan = plan;
  impl_->ranges = ranges;
  impl_->int8 = precision == "int8";
  const std::vector<std::string> able = impl_->core.get_property("CPU", ov::device::capabilities);
  const bool native_bf16 = std::count(able.begin(), able.end(), "BF16") > 0;
  impl_->bf16 = precision == "bf16" || (impl_->int8 && native_bf16);
  impl_->threads = threads > 0 ? threads : hardware_threads();
}

std::vector<PlanMap> OpenVinoNetwork::run(const float* image, int64_t height, int64_t width) {
  try {
    Compiled& compiled = impl_->ready(height, width);
    const ov::Shape shape{1, 1, static_cast<size_t>(height), static_cast<size_t>(width)};
    // Only read: OpenVINO has no tensor over constant memory.
    compiled.request.set_input_tensor(
        ov::Tensor(ov::element::f32, shape, const_cast<float*>(image)));
    compiled.request.infer();
    std::vector<PlanMap> maps;
    for (size_t i = 0; i < impl_->plan.outputs.size(); ++i) {
      ov::Tensor tensor = compiled.request.get_output_tensor(i);
      const ov::Shape s = tensor.get_shape();
      maps.push_back(
          {tensor.data(),
           tensor.get_element_type() == ov::element::bf16,
           {static_cast<int64_t>(s[1]), static_cast<int64_t>(s[2]), static_cast<int64_t>(s[3])}});
    }
    return maps;
  } catch (const ov::Exception& error) {
    fail(ErrorKind::defect, "OpenVINO, image of {} x {}: {}", width, height, error.what());
  }
}

std::vector<std::string> OpenVinoNetwork::convolution_kernels() const {
  std::vector<std::string> kernels;
  if (impl_->compiled.empty()) return kernels;
  for (const auto& node : impl_->compiled.front().model.get_runtime_model()->get_ops()) {
    const auto& about = node->get_rt_info();
    if (about.at("layerType").as<std::string>() != "Convolution") continue;
    kernels.push_back(about.at("primitiveType").as<std::string>());
  }
  return kernels;
}

std::string openvino_version() {
  const std::string build = ov::get_openvino_version().buildNumber;  // "2026.4.1-22310-abc..."
  return "OpenVINO " + build.substr(0, build.find('-'));
}

OpenVinoNetwork::~OpenVinoNetwork() = default;

}  // namespace mammograft

#else

namespace mammograft {

struct OpenVinoNetwork::Impl {};

OpenVinoNetwork::OpenVinoNetwork(const ConvPlan&, const std::string&, const ActivationRanges&,
                                 int) {
  fail(ErrorKind::usage,
       "engine: found 'openvino', but this build has none: run scripts/setup.sh with "
       "MAMMOGRAFT_OPENVINO=1 (or set MAMMOGRAFT_OPENVINO_DIR to OpenVINO's folder) and build "
       "again");
}

std::vector<PlanMap> OpenVinoNetwork::run(const float*, int64_t, int64_t) { return {}; }
std::vector<std::string> OpenVinoNetwork::convolution_kernels() const { return {}; }
std::string openvino_version() { return ""; }
OpenVinoNetwork::~OpenVinoNetwork() = default;

}  // namespace mammograft

#endif
