#include "detect/int8_calibration.h"

#include <torch/types.h>

#include <set>

#include "core/files.h"
#include "core/json.h"
#include "detect/detector_file.h"
#include "detect/padded_image.h"
#include "nn/activation_histogram.h"
#include "nn/openvino_network.h"

namespace mammograft {
namespace {

constexpr const char* kCalibrationKind = "mammograft-int8-calibration";

// The plan with those maps as outputs that int8 rounds: whatever goes into a convolution.
ConvPlan rounded_maps_of(ConvPlan plan) {
  std::set<int> rounded;
  for (const PlanNode& node : plan.nodes) {
    if (node.kind != PlanNode::Kind::convolution) continue;
    rounded.insert(node.input);
    if (node.other >= 0) rounded.insert(node.other);
  }
  plan.outputs.clear();
  for (const int node : rounded) plan.outputs.push_back({node, /*exact=*/true});
  return plan;
}

}  // namespace

Int8Calibration calibrate_int8(const std::filesystem::path& model,
                               const std::vector<SearchItem>& items, int threads,
                               Progress& progress) {
  DetectorInfo info;
  const ConvPlan plan = rounded_maps_of(load_detector(model, &info)->plan());
  OpenVinoNetwork network(plan, "fp32", {}, threads);
  std::vector<ActivationHistogram> histograms(plan.outputs.size());
  progress.start("calibrating", static_cast<int64_t>(items.size()));
  int64_t done = 0;
  for (const SearchItem& item : items) {
    check_cancelled();
    const torch::Tensor image = padded_image(
        make_network_input(item.read(), item.spacing_mm, item.view, info.options.input));
    const std::vector<PlanMap> maps =
        network.run(image.data_ptr<float>(), image.size(2), image.size(3));
    for (size_t i = 0; i < maps.size(); ++i) {
      const auto [height, width, channels] = maps[i].shape;
      histograms[i].add(static_cast<const float*>(maps[i].data), height * width * channels);
    }
    progress.advance(++done);
  }
  progress.finish();
  Int8Calibration calibration{hash_hex(read_file(model)), done, {}, {}};
  for (size_t i = 0; i < histograms.size(); ++i) {
    const auto node = static_cast<size_t>(plan.outputs[i].node);
    calibration.ranges[plan.nodes[node].name] = histograms[i].range();
  }
  return calibration;
}

void write_calibration(const std::filesystem::path& path, const Int8Calibration& calibration) {
  Json ranges = Json::object();
  for (const auto& [name, range] : calibration.ranges)
    ranges[name] = {{"limit", range.limit}, {"negative", range.negative}};
  write_json(path, {{"kind", kCalibrationKind},
                    {"model", calibration.model},
                    {"images", calibration.images},
                    {PatientSet::kKey, calibration.patients_hashed.to_json()},
                    {"ranges", ranges}});
}

Int8Calibration read_calibration(const std::filesystem::path& path,
                                 const std::filesystem::path& model) {
  const Json json = read_json(path);
  const JsonView view(json, path.string());
  if (view.string("kind") != kCalibrationKind)
    view.at("kind").reject(fmt::format("\"{}\"", kCalibrationKind));
  Int8Calibration calibration;
  calibration.model = view.string("model");
  if (calibration.model != hash_hex(read_file(model))) {
    fail(ErrorKind::bad_input,
         "{}: model: made for another detector than {}: run mammograft calibrate again",
         path.string(), model.string());
  }
  calibration.images = view.integer("images");
  calibration.patients_hashed = PatientSet::from_json(view);
  const JsonView ranges = view.at("ranges");
  for (const auto& [name, unused] : ranges.json().items()) {
    const JsonView range = ranges.at(name.c_str());
    const double limit = range.number("limit");
    if (limit <= 0) range.at("limit").reject("more than 0");
    calibration.ranges[name] = {limit, range.at("negative").boolean()};
  }
  return calibration;
}

}  // namespace mammograft
