// Detectors, and what their scores are worth where that is asked for. No torch.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "detect/ensemble.h"
#include "detect/score_guide.h"

namespace mammograft {

class ScoredDetectors {
 public:
  // Throws as Ensemble::load(); usage where `use` asks what the model's file does not know, or of
  // several models. Warns where scores were learnt from another way of looking.
  ScoredDetectors(const std::vector<std::filesystem::path>& models, const RuntimeOptions& options,
                  const ScoreUse& use);
  ScoredDetectors(const ScoredDetectors&) = delete;
  ScoredDetectors& operator=(const ScoredDetectors&) = delete;

  const MassFinder& finder() const;
  std::optional<ScoreGuide::Limit> limit() const;  // of the operating point, if there is one
  PatientSet patients_hashed() const;  // from whom networks and what is known of scores learnt
  Json description() const;            // for the detections' meta file
  // "cbis-ddsm-light 0.2.0" of a release, the file's name of others; several joined by ", ".
  std::string names() const;

 private:
  std::vector<std::filesystem::path> models_;
  std::optional<ScoreCalibration> calibration_;
  Ensemble detectors_;
  std::optional<ScoreGuide> guide_;
};

// Whether these are one detector that has this operating point.
bool has_operating_point(const std::vector<std::filesystem::path>& models, double fppi);

}  // namespace mammograft
