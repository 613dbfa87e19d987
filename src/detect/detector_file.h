// A detector on disk: one safetensors file, torchvision's parameter names, and in its metadata all
// that is needed to run it and to find leaks (docs/formats.md).
#pragma once

#include <filesystem>
#include <string>

#include "cohort/patient_set.h"
#include "core/json.h"
#include "detect/detection_network.h"
#include "detect/detector_options.h"
#include "nn/weights.h"

namespace mammograft {

struct DetectorInfo {
  DetectorOptions options;
  bool masks = false;              // the mask head has learnt
  PatientSet patients_hashed;      // everybody it learnt from
  Json training = Json::object();  // what run.json says of it
  Json release = nullptr;          // detector_release.h; null: it was never released
};

void save_detector(const std::filesystem::path& path, const DetectionNetwork& network,
                   const DetectorInfo& info);

// Throws io, or bad_input: not a detector, tensors missing or of another shape (names the first
// ones), values that are not finite, or options out of range (named as those of a training).
DetectorInfo read_detector_info(const std::filesystem::path& path);
std::shared_ptr<DetectionNetwork> load_detector(const std::filesystem::path& path,
                                                DetectorInfo* info);

// Copies into the network what fits of any safetensors file: a detector of ours, torchvision's
// names (old and new), or a bare ResNet ("conv1.weight" becomes "backbone.body.conv1.weight").
// Warns where the file's ResNet is another one than the network's (resnet_mismatch). bad_input as
// of load_weights().
LoadReport initialise_from(const std::filesystem::path& path, DetectionNetwork& network);

// What tensors cannot show: where a stage has its stride, and the batch norms' epsilon. Ours and
// the shipped weights say so in their metadata; torchvision's files do not, and have the stride in
// the 3x3 (their epsilon is not known: 0 for COCO's, else 1e-5). Empty where file and options
// agree. bad_input: an epsilon that is no number.
std::string resnet_mismatch(const std::filesystem::path& path, const BackboneOptions& options);

}  // namespace mammograft
