#include "detect/ensemble.h"

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "detect/box_fusion.h"

namespace mammograft {

Ensemble Ensemble::load(const std::vector<std::filesystem::path>& models,
                        const RuntimeOptions& runtime) {
  if (models.empty()) fail(ErrorKind::usage, "model: expected one or more");
  if (models.size() > 1 && !runtime.calibration.empty())
    fail(ErrorKind::usage, "calibration: belongs to one model, found {} models", models.size());
  std::vector<Detector> detectors;
  for (const std::filesystem::path& model : models)
    detectors.push_back(Detector::load(model, runtime));
  return Ensemble(std::move(detectors));
}

Ensemble::Ensemble(std::vector<Detector> detectors) : detectors_(std::move(detectors)) {
  ensure(!detectors_.empty(), "an ensemble of no detector");
}

std::vector<NetworkInput> Ensemble::prepare(const cv::Mat& pixels,
                                            const std::optional<std::array<double, 2>>& spacing_mm,
                                            const std::string& view) const {
  std::vector<NetworkInput> inputs;
  for (size_t i = 0; i < detectors_.size(); ++i) {
    // Detectors of one recipe see the same: segment the breast once.
    const bool same = i > 0 && to_json(detectors_[i].options().input) ==
                                   to_json(detectors_[i - 1].options().input);
    inputs.push_back(same ? inputs.back() : detectors_[i].prepare(pixels, spacing_mm, view));
  }
  return inputs;
}

std::vector<FoundMass> Ensemble::detect(const std::vector<NetworkInput>& inputs) const {
  ensure(inputs.size() == detectors_.size(),
         "inputs: found {}, expected one for each of {} detectors", inputs.size(),
         detectors_.size());
  std::vector<std::vector<FoundMass>> looks;
  for (size_t i = 0; i < detectors_.size(); ++i) looks.push_back(detectors_[i].detect(inputs[i]));
  return fuse(std::move(looks), {.iou = detectors_.front().options().nms_iou()});
}

bool Ensemble::many_at_a_time() const {
  return std::all_of(detectors_.begin(), detectors_.end(),
                     [](const Detector& detector) { return detector.many_at_a_time(); });
}

PatientSet Ensemble::patients_hashed() const {
  PatientSet all;
  for (const Detector& detector : detectors_) all.merge(detector.patients_hashed());
  return all;
}

Json Ensemble::description() const {
  if (detectors_.size() == 1) return detectors_.front().description();
  Json members = Json::array();
  for (const Detector& detector : detectors_) members.push_back(detector.description());
  return {{"ensemble", members}};
}

}  // namespace mammograft
