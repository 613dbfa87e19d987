#include "stages/scored_detectors.h"

#include <fmt/format.h>

#include "core/error.h"
#include "core/log.h"

namespace mammograft {
namespace {

// What the model's file says of its scores, where that is asked for.
std::optional<ScoreCalibration> asked_calibration(const std::vector<std::filesystem::path>& models,
                                                  const ScoreUse& use) {
  if (!use.asked()) return std::nullopt;
  if (models.size() > 1) {
    fail(ErrorKind::usage,
         "operating_point: found {} models, expected one: fused scores are others", models.size());
  }
  std::optional<ScoreCalibration> calibration = read_score_calibration(models.front());
  if (!calibration) {
    fail(ErrorKind::usage,
         "{}: knows nothing of what its scores are worth; mammograft operating-points tells it",
         models.front().string());
  }
  // An operating point that it does not have is known before a network is loaded.
  if (use.operating_point != 0) (void)calibration->at(use.operating_point);
  return calibration;
}

bool in_int8(const Json& engine) {
  return engine.is_string() && engine.get<std::string>().ends_with("int8");
}

// Mirrors move scores, and so does int8; fp32 and bf16 of either engine give nearly the same.
void warn_where_run_otherwise(const ScoreCalibration& calibration, const Json& description) {
  for (const auto& [key, learnt] : calibration.made_with.items()) {
    const Json now = description.value(key, Json());
    const bool alike = key == "engine" ? in_int8(now) == in_int8(learnt) : now == learnt;
    if (learnt.is_null() || now.is_null() || alike) continue;
    log_warning(
        fmt::format("operating point: learnt with {} {}, now {}", key, learnt.dump(), now.dump()));
  }
}

}  // namespace

ScoredDetectors::ScoredDetectors(const std::vector<std::filesystem::path>& models,
                                 const RuntimeOptions& options, const ScoreUse& use)
    : models_(models),
      calibration_(asked_calibration(models, use)),
      detectors_(Ensemble::load(models, options)) {
  if (!calibration_) return;
  guide_.emplace(detectors_, *calibration_, use);
  warn_where_run_otherwise(*calibration_, detectors_.description());
}

const MassFinder& ScoredDetectors::finder() const {
  return guide_ ? static_cast<const MassFinder&>(*guide_) : detectors_;
}

std::optional<ScoreGuide::Limit> ScoredDetectors::limit() const {
  return guide_ ? guide_->limit() : std::nullopt;
}

PatientSet ScoredDetectors::patients_hashed() const {
  PatientSet patients = detectors_.patients_hashed();
  if (guide_) patients.merge(calibration_->patients_hashed);
  return patients;
}

Json ScoredDetectors::description() const {
  Json json = detectors_.description();
  if (guide_) json["scores_used"] = guide_->description();
  return json;
}

std::string ScoredDetectors::names() const {
  const Json description = detectors_.description();
  std::string text;
  for (size_t i = 0; i < models_.size(); ++i) {
    const Json& one = models_.size() == 1 ? description : description.at("ensemble")[i];
    if (i > 0) text += ", ";
    text += one.contains("release") ? fmt::format("{} {}", one["release"].value("name", ""),
                                                  one["release"].value("version", ""))
                                    : models_[i].filename().string();
  }
  return text;
}

bool has_operating_point(const std::vector<std::filesystem::path>& models, double fppi) {
  if (models.size() != 1) return false;
  const std::optional<ScoreCalibration> calibration = read_score_calibration(models.front());
  return calibration && calibration->find(fppi);
}

}  // namespace mammograft
