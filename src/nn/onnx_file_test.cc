// What stands in the file, read back field by field with the numbers of onnx.proto. That ONNX
// Runtime computes from it what the network does, tests/cli/onnx_test.py sees to.
#include "nn/onnx_file.h"

#include <gtest/gtest.h>

#include <cstring>
#include <protozero/pbf_reader.hpp>
#include <set>

#include "core/error.h"

namespace mammograft {
namespace {

struct ReadNode {
  std::string type;
  std::vector<std::string> inputs, outputs;
};

struct ReadModel {
  int64_t ir_version = 0, operator_set = 0;
  std::vector<ReadNode> nodes;
  std::map<std::string, std::vector<float>> initializers;
  std::vector<std::string> inputs, outputs;
};

std::string name_of(protozero::pbf_reader value) {
  std::string name;
  while (value.next(1)) name = value.get_string();
  return name;
}

ReadNode node_of(protozero::pbf_reader in) {
  ReadNode node;
  while (in.next()) {
    if (in.tag() == 1)
      node.inputs.push_back(in.get_string());
    else if (in.tag() == 2)
      node.outputs.push_back(in.get_string());
    else if (in.tag() == 4)
      node.type = in.get_string();
    else
      in.skip();
  }
  return node;
}

void read_initializer(protozero::pbf_reader in, ReadModel& model) {
  std::string name, raw;
  int64_t numbers = 1;
  while (in.next()) {
    if (in.tag() == 1)
      numbers *= in.get_int64();
    else if (in.tag() == 8)
      name = in.get_string();
    else if (in.tag() == 9)
      raw = in.get_bytes();
    else
      in.skip();
  }
  EXPECT_EQ(raw.size(), static_cast<size_t>(numbers) * sizeof(float)) << name;
  std::vector<float>& values = model.initializers[name];
  EXPECT_TRUE(values.empty()) << name << " is there twice";
  values.resize(raw.size() / sizeof(float));
  std::memcpy(values.data(), raw.data(), raw.size());
}

void read_graph(protozero::pbf_reader in, ReadModel& model) {
  while (in.next()) {
    if (in.tag() == 1)
      model.nodes.push_back(node_of(in.get_message()));
    else if (in.tag() == 5)
      read_initializer(in.get_message(), model);
    else if (in.tag() == 11)
      model.inputs.push_back(name_of(in.get_message()));
    else if (in.tag() == 12)
      model.outputs.push_back(name_of(in.get_message()));
    else
      in.skip();
  }
}

ReadModel read_model(const std::string& bytes) {
  ReadModel model;
  protozero::pbf_reader in(bytes);
  while (in.next()) {
    if (in.tag() == 1) {
      model.ir_version = in.get_int64();
    } else if (in.tag() == 7) {
      read_graph(in.get_message(), model);
    } else if (in.tag() == 8) {
      protozero::pbf_reader set = in.get_message();
      while (set.next(2)) model.operator_set = set.get_int64();
    } else {
      in.skip();
    }
  }
  return model;
}

PlanNode layer(const std::string& name, int input, std::array<int64_t, 4> shape) {
  PlanNode node{.name = name, .kind = PlanNode::Kind::convolution, .input = input, .shape = shape};
  const auto numbers = static_cast<size_t>(shape[0] * shape[1] * shape[2] * shape[3]);
  for (size_t i = 0; i < numbers; ++i) node.weight.push_back(static_cast<float>(i) / 8);
  node.bias.assign(static_cast<size_t>(shape[0]), 0.5f);
  return node;
}

// Two levels under one head whose weights they share.
ConvPlan small_plan() {
  ConvPlan plan;
  plan.nodes.push_back({.name = "image"});
  plan.nodes.push_back(layer("a", 0, {4, 3, 1, 1}));
  plan.nodes.push_back({.name = "b", .kind = PlanNode::Kind::max_pool, .input = 1});
  plan.nodes.push_back(
      {.name = "c", .kind = PlanNode::Kind::add_upsampled, .input = 1, .other = 2});
  for (const int level : {2, 3}) {
    PlanNode head = layer("head of " + std::to_string(level), level, {2, 4, 1, 1});
    head.tensors = "head";
    head.relu = true;
    plan.nodes.push_back(head);
  }
  plan.outputs = {{4, false, "coarse"}, {5, false, "fine"}};
  return plan;
}

TEST(OnnxFile, HoldsThePlan) {
  const ConvPlan plan = small_plan();
  const ReadModel model = read_model(onnx_file(plan, "dense", "a test"));
  EXPECT_EQ(model.ir_version, 8);
  EXPECT_EQ(model.operator_set, 17);
  EXPECT_EQ(model.inputs, std::vector<std::string>{"image"});
  EXPECT_EQ(model.outputs, (std::vector<std::string>{"coarse", "fine"}));
  std::vector<std::string> types;
  std::set<std::string> known = {"image", ""};  // "" is an input that is left out
  for (const auto& [name, unused] : model.initializers) known.insert(name);
  for (const ReadNode& node : model.nodes) {
    types.push_back(node.type);
    for (const std::string& input : node.inputs)
      EXPECT_TRUE(known.contains(input)) << input << ": used before it is made";
    for (const std::string& output : node.outputs)
      EXPECT_TRUE(known.insert(output).second) << output << ": made twice";
  }
  EXPECT_EQ(types, (std::vector<std::string>{"Sub", "Div", "Conv", "MaxPool", "Resize", "Add",
                                             "Conv", "Relu", "Conv", "Relu"}));
  for (const std::string& output : model.outputs) EXPECT_TRUE(known.contains(output));
  EXPECT_EQ(model.initializers.at("a.weight"), plan.nodes[1].weight);
  EXPECT_EQ(model.initializers.at("head.bias"), plan.nodes[4].bias);
}

TEST(OnnxFile, AnOutputNeedsANameOfItsOwn) {
  ConvPlan plan = small_plan();
  plan.outputs[0].name = "fine";
  EXPECT_THROW(onnx_file(plan, "dense", ""), Error);
  plan.outputs[0].name = "";
  EXPECT_THROW(onnx_file(plan, "dense", ""), Error);
}

}  // namespace
}  // namespace mammograft
