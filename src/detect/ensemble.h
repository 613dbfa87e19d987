// Several detectors that look at the same image, and what they find as one. No torch.
#pragma once

#include <filesystem>
#include <vector>

#include "detect/detector.h"
#include "detect/mass_finder.h"

namespace mammograft {

class Ensemble : public MassFinder {
 public:
  // One detector or more, all run with the same options. Throws as Detector::load; usage error: no
  // model, or one calibration for several.
  static Ensemble load(const std::vector<std::filesystem::path>& models,
                       const RuntimeOptions& runtime);

  explicit Ensemble(std::vector<Detector> detectors);  // one or more

  std::vector<NetworkInput> prepare(const cv::Mat& pixels,
                                    const std::optional<std::array<double, 2>>& spacing_mm,
                                    const std::string& view) const override;
  std::vector<FoundMass> detect(const std::vector<NetworkInput>& inputs) const override;

  bool many_at_a_time() const override;

  PatientSet patients_hashed() const;  // from whom any of them learnt
  Json description() const;            // of the detector; of several: {"ensemble": [...]}

 private:
  std::vector<Detector> detectors_;
};

}  // namespace mammograft
