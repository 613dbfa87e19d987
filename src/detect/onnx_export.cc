#include "detect/onnx_export.h"

#include "core/files.h"
#include "core/version.h"
#include "detect/detector_file.h"
#include "detect/detector_recipe.h"
#include "detect/score_calibration.h"
#include "nn/onnx_file.h"

namespace mammograft {
namespace {

constexpr const char* kUse = "for research use only; not a medical device";

// By name, "dense" first; the mask head where it has learnt.
std::vector<std::pair<std::string, ConvPlan>> plans_of(const DetectionNetwork& network,
                                                       const DetectorInfo& info) {
  std::vector<std::pair<std::string, ConvPlan>> plans;
  plans.emplace_back("dense", network.plan());
  for (auto& [name, plan] : network.head_plans())
    if (name != "mask_head" || info.masks) plans.emplace_back(name, std::move(plan));
  return plans;
}

}  // namespace

std::vector<fs::path> export_onnx(const fs::path& model, const fs::path& folder) {
  DetectorInfo info;
  const auto network = load_detector(model, &info);
  Json json = {
      {"kind", "mammograft-onnx-detector"},
      {"format", 1},
      {"use", kUse},
      {"mammograft", MAMMOGRAFT_VERSION},
      {"model", {{"file", model.filename().string()}, {"digest", hash_hex(read_file(model))}}},
      {"files", Json::object()}};
  if (!info.release.is_null()) json["model"].update(info.release);
  json.update(detector_recipe(info));
  if (const auto scores = read_score_calibration(model)) json["scores"] = to_json(*scores);
  std::vector<fs::path> written;
  for (const auto& [name, plan] : plans_of(*network, info)) {
    written.push_back(folder / (name + ".onnx"));
    write_file(written.back(), onnx_file(plan, name, std::string("mammograft: ") + kUse));
    json["files"][name] = written.back().filename().string();
  }
  for (const char* head : {"box_head", "mask_head"}) {  // of a detector that was there before
    std::error_code ignored;
    if (!json["files"].contains(head)) fs::remove(folder / (std::string(head) + ".onnx"), ignored);
  }
  written.push_back(folder / kDetectorJson);
  write_json(written.back(), json);
  return written;
}

}  // namespace mammograft
