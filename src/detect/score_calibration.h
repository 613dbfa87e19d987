// What a detector's scores are worth, learnt from held-out patients and kept in its file: the
// scores at which it gives so many false positives per image, and the chance that a detection is a
// mass. No torch.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cohort/patient_set.h"
#include "core/json.h"
#include "detect/place_score.h"
#include "stats/interval.h"
#include "stats/isotonic.h"
#include "stats/platt.h"

namespace mammograft {

struct OperatingThreshold {
  double fppi = 0;       // asked for
  double threshold = 0;  // scores at or above it are reported
  double reached = 0;    // false positives per image in fact
  double tpr = 0;
  Interval tpr_bounds;
};

struct ScoreCalibration {
  std::optional<PlaceFit> place;           // changes scores before all else; none: they stay
  std::vector<OperatingThreshold> points;  // by rising FPPI
  IsotonicFit isotonic;                    // of scores on hit (1) and false positive (0)
  PlattFit platt;
  std::string rule;  // in words: what counted as a hit
  int patients = 0, images = 0, masses = 0;
  PatientSet patients_hashed;       // from whom this was learnt
  Json made_with = Json::object();  // how the detector was run: mirrors and arithmetic move scores

  // The point at exactly this FPPI. Where there is none: nothing; usage, naming those that there
  // are.
  const OperatingThreshold* find(double fppi) const;
  const OperatingThreshold& at(double fppi) const;
};

Json to_json(const ScoreCalibration& calibration);

// bad_input, naming the field, where something is missing or of another kind.
ScoreCalibration score_calibration_from(const JsonView& view);

// Of a detector's file; nothing where it has none. Throws as read_detector_info().
std::optional<ScoreCalibration> read_score_calibration(const std::filesystem::path& model);

// The detector's file with this calibration in place of what it had, written to `out` (which may be
// the same file), atomically. Throws bad_input for a file that is no detector.
void store_score_calibration(const std::filesystem::path& model,
                             const ScoreCalibration& calibration, const std::filesystem::path& out);

}  // namespace mammograft
