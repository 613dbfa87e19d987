#include "nn/onnx_file.h"

#include <bit>
#include <protozero/pbf_builder.hpp>
#include <set>
#include <string_view>
#include <variant>

#include "core/error.h"
#include "core/version.h"
#include "nn/imagenet.h"

namespace mammograft {
namespace {

static_assert(std::endian::native == std::endian::little, "TensorProto.raw_data is little-endian");

constexpr int64_t kIrVersion = 8, kOperatorSet = 17;

// The field numbers of onnx/onnx.proto, ONNX 1.12: ModelProto, OperatorSetIdProto, GraphProto ...
namespace onnx_field {
using Tag = protozero::pbf_tag_type;
enum class Model : Tag {
  ir_version = 1,
  producer_name = 2,
  producer_version = 3,
  doc_string = 6,
  graph = 7,
  opset_import = 8
};
enum class OperatorSet : Tag { domain = 1, version = 2 };
enum class Graph : Tag { node = 1, name = 2, initializer = 5, input = 11, output = 12 };
enum class Node : Tag { input = 1, output = 2, name = 3, op_type = 4, attribute = 5 };
enum class Attribute : Tag { name = 1, i = 3, s = 4, ints = 8, type = 20 };
enum class Tensor : Tag { dims = 1, data_type = 2, name = 8, raw_data = 9 };
enum class ValueInfo : Tag { name = 1, type = 2 };
enum class Type : Tag { tensor_type = 1 };
enum class TensorType : Tag { elem_type = 1, shape = 2 };
enum class Shape : Tag { dim = 1 };
enum class Dimension : Tag { dim_value = 1, dim_param = 2 };
}  // namespace onnx_field

enum OnnxAttributeType : int32_t { kOnnxInt = 2, kOnnxString = 3, kOnnxInts = 7 };
constexpr int32_t kOnnxFloat = 1;  // TensorProto.DataType

template <typename Field>
using OnnxWriter = protozero::pbf_builder<Field>;

struct OnnxAttribute {
  std::string name;
  std::variant<int64_t, std::vector<int64_t>, std::string> value;
};

void write(OnnxWriter<onnx_field::Node>& node, const OnnxAttribute& attribute) {
  using Field = onnx_field::Attribute;
  OnnxWriter<Field> out(node, onnx_field::Node::attribute);
  out.add_string(Field::name, attribute.name);
  if (const auto* number = std::get_if<int64_t>(&attribute.value)) {
    out.add_int64(Field::i, *number);
    out.add_enum(Field::type, kOnnxInt);
  } else if (const auto* text = std::get_if<std::string>(&attribute.value)) {
    out.add_bytes(Field::s, *text);
    out.add_enum(Field::type, kOnnxString);
  } else {
    for (const int64_t one : std::get<std::vector<int64_t>>(attribute.value))
      out.add_int64(Field::ints, one);
    out.add_enum(Field::type, kOnnxInts);
  }
}

// A side of a value: its length, or a name for it where that depends on the input.
using OnnxSide = std::variant<int64_t, std::string>;

std::string tensor_type(const std::vector<OnnxSide>& sides) {
  std::string bytes;
  OnnxWriter<onnx_field::Type> type(bytes);
  OnnxWriter<onnx_field::TensorType> tensor(type, onnx_field::Type::tensor_type);
  tensor.add_enum(onnx_field::TensorType::elem_type, kOnnxFloat);
  OnnxWriter<onnx_field::Shape> shape(tensor, onnx_field::TensorType::shape);
  for (const OnnxSide& side : sides) {
    OnnxWriter<onnx_field::Dimension> dimension(shape, onnx_field::Shape::dim);
    if (const auto* length = std::get_if<int64_t>(&side))
      dimension.add_int64(onnx_field::Dimension::dim_value, *length);
    else
      dimension.add_string(onnx_field::Dimension::dim_param, std::get<std::string>(side));
  }
  shape.commit();
  tensor.commit();
  return bytes;
}

// Of a node's value, all but its first side; 0 where it depends on the input.
struct OnnxSize {
  int64_t channels = 0, height = 0, width = 0;
  bool flat = false;  // [R, channels]
};

// Writes a plan's nodes as operators of ONNX's default domain, weights as initializers.
class OnnxGraph {
 public:
  OnnxGraph(const ConvPlan& plan, const std::string& name) : plan_(plan) {
    graph_.add_string(onnx_field::Graph::name, name);
    name_values();
    for (size_t i = 0; i < plan.nodes.size(); ++i) {
      sizes_.push_back(size_of(plan.nodes[i]));
      add(plan.nodes[i], names_[i]);
    }
    for (const PlanOutput& output : plan.outputs)
      declare(onnx_field::Graph::output, output.name, sides_of(output));
  }

  const std::string& bytes() const { return bytes_; }

 private:
  using Kind = PlanNode::Kind;
  using Attributes = std::vector<OnnxAttribute>;

  void name_values() {
    // The image as it is fed has the node's name; what the node gives needs another.
    for (const PlanNode& node : plan_.nodes)
      names_.push_back(node.kind == Kind::image ? node.name + "/normalised" : node.name);
    std::set<std::string> taken;
    for (const PlanOutput& output : plan_.outputs) {
      ensure(!output.name.empty() && taken.insert(output.name).second,
             "plan: output '{}': no name, or one that another has", output.name);
      names_.at(static_cast<size_t>(output.node)) = output.name;
    }
  }

  const std::string& value(int node) const { return names_.at(static_cast<size_t>(node)); }
  bool at_image() const { return plan_.nodes.front().kind == Kind::image; }

  OnnxSize size_of(const PlanNode& node) const {
    const auto& s = node.shape;
    if (node.kind == Kind::image) return {3};
    if (node.kind == Kind::regions) return {s[1], s[2], s[3]};
    if (node.kind == Kind::linear) return {.channels = s[0], .flat = true};
    OnnxSize size = sizes_.at(static_cast<size_t>(node.input));
    const bool known = size.height > 0;
    if (node.kind == Kind::transposed_convolution)
      return {s[1], node.stride * size.height, node.stride * size.width};
    if (node.kind == Kind::convolution) {
      const auto side = [&](int64_t of, int64_t kernel) {
        return known ? (of + 2 * node.padding - kernel) / node.stride + 1 : 0;
      };
      return {s[0], side(size.height, s[2]), side(size.width, s[3])};
    }
    ensure(!known, "plan: '{}': expected of an image", node.name);
    return size;
  }

  std::vector<OnnxSide> sides_of(const PlanOutput& output) const {
    const OnnxSize& size = sizes_.at(static_cast<size_t>(output.node));
    std::vector<OnnxSide> sides = {OnnxSide("regions"), OnnxSide(size.channels)};
    if (at_image()) sides[0] = int64_t{1};
    if (size.flat) return sides;
    const auto side = [&](int64_t length, const char* axis) {
      return length > 0 ? OnnxSide(length) : OnnxSide(output.name + "_" + axis);
    };
    sides.push_back(side(size.height, "height"));
    sides.push_back(side(size.width, "width"));
    return sides;
  }

  void declare(onnx_field::Graph place, const std::string& name,
               const std::vector<OnnxSide>& sides) {
    OnnxWriter<onnx_field::ValueInfo> info(graph_, place);
    info.add_string(onnx_field::ValueInfo::name, name);
    info.add_message(onnx_field::ValueInfo::type, tensor_type(sides));
  }

  // The name of an initializer of floats; one that is there already is not written again.
  std::string constant(const std::string& name, const std::vector<int64_t>& dims,
                       const std::vector<float>& values) {
    if (!constants_.insert(name).second) return name;
    using Field = onnx_field::Tensor;
    OnnxWriter<Field> tensor(graph_, onnx_field::Graph::initializer);
    for (const int64_t side : dims) tensor.add_int64(Field::dims, side);
    tensor.add_int32(Field::data_type, kOnnxFloat);
    tensor.add_string(Field::name, name);
    tensor.add_bytes(Field::raw_data, reinterpret_cast<const char*>(values.data()),
                     values.size() * sizeof(float));
    return name;
  }
  std::string weight(const PlanNode& node, const std::vector<int64_t>& dims) {
    return constant((node.tensors.empty() ? node.name : node.tensors) + ".weight", dims,
                    node.weight);
  }
  std::string weight(const PlanNode& node) {
    return weight(node, {node.shape.begin(), node.shape.end()});
  }
  std::string bias(const PlanNode& node) {
    return constant((node.tensors.empty() ? node.name : node.tensors) + ".bias",
                    {static_cast<int64_t>(node.bias.size())}, node.bias);
  }

  void emit(const std::string& type, const std::vector<std::string>& inputs,
            const std::string& result, const Attributes& attributes = {}) {
    using Field = onnx_field::Node;
    OnnxWriter<Field> node(graph_, onnx_field::Graph::node);
    for (const std::string& input : inputs) node.add_string(Field::input, input);
    node.add_string(Field::output, result);
    node.add_string(Field::name, result);
    node.add_string(Field::op_type, type);
    for (const OnnxAttribute& attribute : attributes) write(node, attribute);
  }

  void add(const PlanNode& node, const std::string& result) {
    switch (node.kind) {
      case Kind::image:
        return image(node, result);
      case Kind::regions:
        return declare(onnx_field::Graph::input, result,
                       {OnnxSide("regions"), node.shape[1], node.shape[2], node.shape[3]});
      case Kind::convolution:
        return convolution(node, result);
      case Kind::max_pool:
        return emit("MaxPool", {value(node.input)}, result, pool_of(3, 1));
      case Kind::every_second:
        return emit("MaxPool", {value(node.input)}, result, pool_of(1, 0));
      case Kind::relu:
        return emit("Relu", {value(node.input)}, result);
      case Kind::add_upsampled:
        return add_upsampled(node, result);
      case Kind::linear:
        return linear(node, result);
      case Kind::transposed_convolution:
        return transposed_convolution(node, result);
    }
    fail(ErrorKind::defect, "plan: '{}': a kind that is not known", node.name);
  }

  void image(const PlanNode& node, const std::string& result) {
    declare(onnx_field::Graph::input, node.name,
            {int64_t{1}, int64_t{1}, OnnxSide("height"), OnnxSide("width")});
    const auto channels = [&](const char* name, const std::array<double, 3>& values) {
      return constant(name, {1, 3, 1, 1}, {values.begin(), values.end()});
    };
    const std::string centred = node.name + "/centred";
    emit("Sub", {node.name, channels("imagenet.mean", kImagenetMean)}, centred);
    emit("Div", {centred, channels("imagenet.deviation", kImagenetDeviation)}, result);
  }

  static Attributes pool_of(int64_t side, int64_t padding) {
    return {{"kernel_shape", std::vector<int64_t>(2, side)},
            {"pads", std::vector<int64_t>(4, padding)},
            {"strides", std::vector<int64_t>(2, 2)}};
  }
  static Attributes kernel_of(int64_t height, int64_t width, int64_t stride, int64_t padding) {
    return {{"kernel_shape", std::vector<int64_t>{height, width}},
            {"pads", std::vector<int64_t>(4, padding)},
            {"strides", std::vector<int64_t>(2, stride)}};
  }

  void convolution(const PlanNode& node, const std::string& result) {
    const bool sum = node.other >= 0;
    const std::string total = node.relu ? node.name + "/before_relu" : result;
    const std::string product = sum ? node.name + "/product" : total;
    emit("Conv", {value(node.input), weight(node), bias(node)}, product,
         kernel_of(node.shape[2], node.shape[3], node.stride, node.padding));
    if (sum) emit("Add", {product, value(node.other)}, total);
    if (node.relu) emit("Relu", {total}, result);
  }

  // Both sides of the image are multiples of 32: a level has twice as many rows as the next.
  void add_upsampled(const PlanNode& node, const std::string& result) {
    emit("Resize", {value(node.other), "", constant("doubled", {4}, {1, 1, 2, 2})},
         node.name + "/enlarged",
         {{"mode", "nearest"},
          {"coordinate_transformation_mode", "asymmetric"},
          {"nearest_mode", "floor"}});
    emit("Add", {value(node.input), node.name + "/enlarged"}, result);
  }

  void linear(const PlanNode& node, const std::string& result) {
    const std::string total = node.relu ? node.name + "/before_relu" : result;
    std::string flat = value(node.input);
    if (!sizes_.at(static_cast<size_t>(node.input)).flat)
      emit("Flatten", {value(node.input)}, flat = node.name + "/flat", {{"axis", int64_t{1}}});
    emit("Gemm", {flat, weight(node, {node.shape[0], node.shape[1]}), bias(node)}, total,
         {{"transB", int64_t{1}}});
    if (node.relu) emit("Relu", {total}, result);
  }

  void transposed_convolution(const PlanNode& node, const std::string& result) {
    const std::string total = node.relu ? node.name + "/before_relu" : result;
    emit("ConvTranspose", {value(node.input), weight(node), bias(node)}, total,
         kernel_of(node.shape[2], node.shape[3], node.stride, 0));
    if (node.relu) emit("Relu", {total}, result);
  }

  const ConvPlan& plan_;
  std::string bytes_;
  OnnxWriter<onnx_field::Graph> graph_{bytes_};
  std::vector<std::string> names_;  // of the nodes' values
  std::vector<OnnxSize> sizes_;
  std::set<std::string> constants_;
};

}  // namespace

std::string onnx_file(const ConvPlan& plan, const std::string& name, const std::string& about) {
  ensure(!plan.nodes.empty() && !plan.outputs.empty(), "plan: empty");
  const OnnxGraph graph(plan, name);
  using Field = onnx_field::Model;
  std::string bytes;
  OnnxWriter<Field> model(bytes);
  model.add_int64(Field::ir_version, kIrVersion);
  model.add_string(Field::producer_name, "mammograft");
  model.add_string(Field::producer_version, MAMMOGRAFT_VERSION);
  model.add_string(Field::doc_string, about);
  {
    OnnxWriter<onnx_field::OperatorSet> operators(model, Field::opset_import);
    operators.add_string(onnx_field::OperatorSet::domain, "");
    operators.add_int64(onnx_field::OperatorSet::version, kOperatorSet);
  }
  model.add_message(Field::graph, graph.bytes());
  return bytes;
}

}  // namespace mammograft
