#include "detect/score_calibration.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "core/safetensors.h"
#include "nn/model_file.h"

namespace mammograft {
namespace {

constexpr const char* kDetector = "detector";
constexpr const char* kScores = "scores";  // of the description

Json point_to_json(const OperatingThreshold& point) {
  return {
      {"fppi", point.fppi}, {"threshold", point.threshold},    {"reached", point.reached},
      {"tpr", point.tpr},   {"tpr_low", point.tpr_bounds.low}, {"tpr_high", point.tpr_bounds.high}};
}

OperatingThreshold point_from(const JsonView& view) {
  return {view.number("fppi"),
          view.number("threshold"),
          view.number("reached"),
          view.number("tpr"),
          {view.number("tpr_low"), view.number("tpr_high")}};
}

std::vector<double> numbers_from(const JsonView& view) {
  std::vector<double> numbers;
  for (size_t i = 0; i < view.size(); ++i) numbers.push_back(view.at(i).number());
  return numbers;
}

IsotonicFit isotonic_from(const JsonView& view) {
  IsotonicFit fit{numbers_from(view.at("scores")), numbers_from(view.at("values"))};
  const bool sound = !fit.scores.empty() && fit.scores.size() == fit.values.size() &&
                     std::is_sorted(fit.scores.begin(), fit.scores.end());
  if (!sound) view.reject("as many scores as values, ascending");
  return fit;
}

}  // namespace

const OperatingThreshold* ScoreCalibration::find(double fppi) const {
  const auto found = std::find_if(points.begin(), points.end(),
                                  [&](const OperatingThreshold& one) { return one.fppi == fppi; });
  return found == points.end() ? nullptr : &*found;
}

const OperatingThreshold& ScoreCalibration::at(double fppi) const {
  if (const OperatingThreshold* found = find(fppi)) return *found;
  std::vector<double> known;
  for (const OperatingThreshold& one : points) known.push_back(one.fppi);
  fail(ErrorKind::usage, "operating_point: found {}, expected one of the detector's: {}", fppi,
       fmt::join(known, ", "));
}

Json to_json(const ScoreCalibration& calibration) {
  Json json = {
      {"rule", calibration.rule},
      {"patients", calibration.patients},
      {"images", calibration.images},
      {"masses", calibration.masses},
      {"made_with", calibration.made_with},
      {"operating_points", Json::array()},
      {"isotonic",
       {{"scores", calibration.isotonic.scores}, {"values", calibration.isotonic.values}}},
      {"platt", {{"slope", calibration.platt.slope}, {"offset", calibration.platt.offset}}},
      {PatientSet::kKey, calibration.patients_hashed.to_json()}};
  if (calibration.place) json["place"] = to_json(*calibration.place);
  for (const OperatingThreshold& point : calibration.points)
    json["operating_points"].push_back(point_to_json(point));
  return json;
}

ScoreCalibration score_calibration_from(const JsonView& view) {
  ScoreCalibration result;
  result.rule = view.string("rule");
  result.patients = static_cast<int>(view.integer("patients"));
  result.images = static_cast<int>(view.integer("images"));
  result.masses = static_cast<int>(view.integer("masses"));
  result.made_with = view.at("made_with").json();
  const JsonView points = view.at("operating_points");
  for (size_t i = 0; i < points.size(); ++i) result.points.push_back(point_from(points.at(i)));
  if (view.has("place")) result.place = place_fit_from(view.at("place"));
  result.isotonic = isotonic_from(view.at("isotonic"));
  result.platt = {view.at("platt").number("slope"), view.at("platt").number("offset")};
  result.patients_hashed = PatientSet::from_json(view);
  return result;
}

std::optional<ScoreCalibration> read_score_calibration(const std::filesystem::path& model) {
  const ModelDescription description = read_model_description(model, kDetector);
  if (!description.view().has(kScores)) return std::nullopt;
  return score_calibration_from(description.view().at(kScores));
}

void store_score_calibration(const std::filesystem::path& model,
                             const ScoreCalibration& calibration,
                             const std::filesystem::path& out) {
  Json description = read_model_description(model, kDetector).json;
  description[kScores] = to_json(calibration);
  SafeTensors file = read_safetensors(model);
  file.metadata[kDetector] = description.dump();
  write_safetensors(out, file);
}

}  // namespace mammograft
