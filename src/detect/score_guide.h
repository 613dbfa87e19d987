// A detector whose scores are used as a calibration has them: only what lies above an operating
// point is reported, scores may become chances. No torch.
#pragma once

#include <optional>
#include <string>

#include "detect/mass_finder.h"
#include "detect/score_calibration.h"

namespace mammograft {

struct ScoreUse {
  double operating_point = 0;          // FPPI; 0: everything is reported
  std::string probabilities = "none";  // none | isotonic | platt
  bool only_shown = false;  // the operating point limits what is shown; everything is reported
  bool asked() const { return operating_point != 0 || probabilities != "none"; }
};

class ScoreGuide : public MassFinder {
 public:
  // Throws usage for an operating point that the calibration does not have, or probabilities that
  // are not known. `finder` must outlive it.
  ScoreGuide(const MassFinder& finder, const ScoreCalibration& calibration, const ScoreUse& use);

  std::vector<NetworkInput> prepare(const cv::Mat& pixels,
                                    const std::optional<std::array<double, 2>>& spacing_mm,
                                    const std::string& view) const override;
  // The finder's masses, scored anew by their places where the calibration knows how; of these
  // those that are reported, by falling score. Scores become chances where asked: both fits
  // rise.
  std::vector<FoundMass> detect(const std::vector<NetworkInput>& inputs) const override;

  bool many_at_a_time() const override { return finder_.many_at_a_time(); }

  Json description() const;  // for the detections' meta file

  // Of an operating point, which is the one to show and to report by; nothing without one.
  struct Limit {
    double score = 0;   // the lowest that is shown
    std::string words;  // "0.5 false positives an image"
  };
  std::optional<Limit> limit() const;

 private:
  void score_by_place(const NetworkInput& input, std::vector<FoundMass>& masses) const;
  double reported(double score) const;
  double chance(double score) const;

  const MassFinder& finder_;
  ScoreCalibration calibration_;
  ScoreUse use_;
  double threshold_ = 0;
};

}  // namespace mammograft
