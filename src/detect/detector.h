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
#include "detect/found_mass.h"
#include "detect/runtime_options.h"

namespace mammograft {

class InferenceEngine;
struct DetectionNetwork;
struct DetectorInfo;

class Detector {
 public:
  // Throws io or bad_input naming the file: missing, cut short, another kind of model, a
  // calibration of another one. usage: options that do not go together. Leaves the number of
  // threads alone (set_threads() is its caller's).
  static Detector load(const std::filesystem::path& model, const RuntimeOptions& runtime);
  // Of parts: `engine` computes the maps of `network`, `info` is what the file would say of it. Of
  // `runtime` the device, all_masks and mirrors count, which usage errors name.
  Detector(std::shared_ptr<DetectionNetwork> network, std::unique_ptr<InferenceEngine> engine,
           const DetectorInfo& info, const RuntimeOptions& runtime);
  ~Detector();
  Detector(Detector&&) noexcept;
  Detector& operator=(Detector&&) noexcept;

  // pixels: CV_16UC1, any size; spacing is needed only by models that work in mm. Everything found,
  // by falling score. Safe to call from one thread at a time, unless many_at_a_time().
  std::vector<FoundMass> detect(
      const cv::Mat& pixels, const std::optional<std::array<double, 2>>& spacing_mm = std::nullopt,
      const std::string& view = {}) const;

  // The two halves of detect(), so that one file can be read and prepared while the network looks
  // at another. prepare() may run on any thread.
  NetworkInput prepare(const cv::Mat& pixels,
                       const std::optional<std::array<double, 2>>& spacing_mm,
                       const std::string& view) const;
  std::vector<FoundMass> detect(const NetworkInput& input) const;

  bool many_at_a_time() const;  // detect() is safe to call from several threads

  const DetectorOptions& options() const;
  bool masks() const;  // the mask head has learnt
  // From whom it learnt, and on whom its int8 was calibrated.
  const PatientSet& patients_hashed() const;
  Json description() const;  // for the detections' meta file

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mammograft
