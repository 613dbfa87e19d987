#include "detect/score_guide.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "image/breast_frame.h"

namespace mammograft {

ScoreGuide::ScoreGuide(const MassFinder& finder, const ScoreCalibration& calibration,
                       const ScoreUse& use)
    : finder_(finder), calibration_(calibration), use_(use) {
  if (use.operating_point != 0) threshold_ = calibration.at(use.operating_point).threshold;
  const std::string& kind = use.probabilities;
  if (kind != "none" && kind != "isotonic" && kind != "platt")
    fail(ErrorKind::usage, "probabilities: found {}, expected none, isotonic or platt", kind);
}

std::vector<NetworkInput> ScoreGuide::prepare(
    const cv::Mat& pixels, const std::optional<std::array<double, 2>>& spacing_mm,
    const std::string& view) const {
  return finder_.prepare(pixels, spacing_mm, view);
}

std::vector<FoundMass> ScoreGuide::detect(const std::vector<NetworkInput>& inputs) const {
  std::vector<FoundMass> masses = finder_.detect(inputs);
  if (calibration_.place) score_by_place(inputs.front(), masses);
  if (!use_.only_shown)
    std::erase_if(masses, [&](const FoundMass& mass) { return mass.score < threshold_; });
  for (FoundMass& mass : masses) mass.score = reported(mass.score);
  return masses;
}

void ScoreGuide::score_by_place(const NetworkInput& input, std::vector<FoundMass>& masses) const {
  const BreastFrame frame(input.breast, input.chest_wall_left);
  for (FoundMass& mass : masses) {
    const BreastPoint at = frame.to_breast(mass.box.center());
    mass.score = calibration_.place->at(mass.score, at, input.view);
  }
  std::stable_sort(masses.begin(), masses.end(),
                   [](const FoundMass& a, const FoundMass& b) { return a.score > b.score; });
}

Json ScoreGuide::description() const {
  Json json = {{"probabilities", use_.probabilities},
               {"by_place", calibration_.place.has_value()},
               {"operating_point", nullptr}};
  if (use_.operating_point != 0) {
    const OperatingThreshold& point = calibration_.at(use_.operating_point);
    json["operating_point"] = {{"fppi", point.fppi},
                               {"threshold", point.threshold},
                               {"limits", use_.only_shown ? "shown" : "reported"}};
  }
  json["learnt_from_patients"] = calibration_.patients;
  return json;
}

std::optional<ScoreGuide::Limit> ScoreGuide::limit() const {
  if (use_.operating_point == 0) return std::nullopt;
  return Limit{chance(threshold_),
               fmt::format("{:g} false positives an image", use_.operating_point)};
}

// Isotonic chances are flat in places; what lies below the operating point stays below it.
double ScoreGuide::reported(double score) const {
  const double value = chance(score), limit = chance(threshold_);
  return score < threshold_ && value >= limit ? std::nextafter(limit, -1.0) : value;
}

double ScoreGuide::chance(double score) const {
  if (use_.probabilities == "isotonic") return calibration_.isotonic.at(score);
  return use_.probabilities == "platt" ? calibration_.platt.at(score) : score;
}

}  // namespace mammograft
