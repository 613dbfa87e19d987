// A trained detector, ready to look at mammograms. No torch in this header.
#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <opencv2/core.hpp>
#include <optional>
#include <string>
#include <vector>

#include "cohort/patient_set.h"
#include "core/json.h"
#include "detect/detector_options.h"
#include "image/box.h"
#include "image/rle.h"

namespace mammograft {

struct FoundMass {
  Box box;           // pixels of the original image
  double score = 0;  // 0 .. 1
  int64_t label = 1;
  std::optional<Rle> mask;  // of the original image's size; scores below the mask floor have none
};

struct RuntimeOptions {
  std::string precision = "auto";  // auto | fp32 | bf16 | int8 (OpenVINO only)
  std::string device = "auto";
  int threads = 0;                         // 0: all cores
  bool all_masks = false;                  // masks for every detection, however unlikely
  std::string engine = "torch";            // torch | openvino
  std::filesystem::path calibration = {};  // of int8 (mammograft calibrate); else empty
  // Mirror images looked at besides the image itself, what they show fused into one (box_fusion.h):
  // none | x (left-right, two looks) | xy (left-right, top-bottom and both, four looks).
  std::string mirrors = "none";
};

class Detector {
 public:
  // Throws io or bad_input naming the file: missing, cut short, another kind of model, a
  // calibration of another one. usage: options that do not go together.
  static Detector load(const std::filesystem::path& model, const RuntimeOptions& runtime);
  ~Detector();
  Detector(Detector&&) noexcept;
  Detector& operator=(Detector&&) noexcept;

  // pixels: CV_16UC1, any size; spacing is needed only by models that work in mm. Everything found,
  // by falling score. Safe to call from one thread at a time.
  std::vector<FoundMass> detect(
      const cv::Mat& pixels, const std::optional<std::array<double, 2>>& spacing_mm = std::nullopt,
      const std::string& view = {}) const;

  // The two halves of detect(), so that one file can be read and prepared while the network looks
  // at another. prepare() may run on any thread.
  NetworkInput prepare(const cv::Mat& pixels,
                       const std::optional<std::array<double, 2>>& spacing_mm,
                       const std::string& view) const;
  std::vector<FoundMass> detect(const NetworkInput& input) const;

  const DetectorOptions& options() const;
  bool masks() const;  // the mask head has learnt
  // From whom it learnt, and on whom its int8 was calibrated.
  const PatientSet& patients_hashed() const;
  Json description() const;  // for the detections' meta file

 private:
  struct Impl;
  explicit Detector(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mammograft
