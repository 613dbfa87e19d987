#include "stages/assess.h"

#include <algorithm>
#include <cstdio>
#include <set>

#include "core/log.h"
#include "nn/compute.h"
#include "pages/terminal_text.h"
#include "stages/detector_scores.h"
#include "stages/synthetic_sets.h"

namespace mammograft {
namespace {

constexpr const char* kSynthetic = "--synthetic";
constexpr const char* kDetections = "--detections";

std::vector<Cohort> read_cohorts(const std::vector<std::string>& paths) {
  std::vector<Cohort> cohorts;
  for (const std::string& path : paths) cohorts.push_back(read_cohort(path));
  return cohorts;
}

void report_time_and_gaps(const Assessment& assessment) {
  for (const AssessedSet& set : assessment.sets) {
    if (!set.seed_auc.empty()) {
      log_info(fmt::format("{}: {} networks in {:.1f} s", set.name,
                           assessment.folds.count * static_cast<int>(set.seed_auc.size()),
                           set.classifier_seconds));
    }
    if (set.unknown_backgrounds > 0) {
      log_warning(fmt::format("{}: {} backgrounds are in no cohort given (--backgrounds)", set.name,
                              set.unknown_backgrounds));
    }
  }
}

}  // namespace

void AssessStage::attach_scores(const std::string& path, Cohort& cohort) const {
  for (const std::string& argument : detections) {
    const NamedPath given = named_path(argument, kDetections);
    if (given.name == path) attach_detector_scores(given.path, cohort);
  }
}

// Every file of detections is one of a cohort that is assessed.
void AssessStage::check() const {
  std::set<std::string> cohorts(real.begin(), real.end());
  for (const std::string& argument : synthetic)
    cohorts.insert(named_path(argument, kSynthetic).path);
  for (const std::string& argument : detections) {
    if (cohorts.count(named_path(argument, kDetections).name)) continue;
    fail(ErrorKind::usage,
         "{}: found '{}', expected COHORT=FILE, COHORT as --real or --synthetic give it",
         kDetections, argument);
  }
}

// Which of the cohorts that are assessed; they are inputs themselves, so their paths do not count.
size_t AssessStage::place_of(const std::string& cohort) const {
  std::vector<std::string> cohorts = real;
  for (const std::string& argument : synthetic)
    cohorts.push_back(named_path(argument, kSynthetic).path);
  return static_cast<size_t>(std::find(cohorts.begin(), cohorts.end(), cohort) - cohorts.begin());
}

AssessInput AssessStage::read() const {
  AssessInput input;
  input.real = read_cohorts(real);
  for (size_t i = 0; i < real.size(); ++i) attach_scores(real[i], input.real[i]);
  input.synthetic = read_synthetic_sets(
      synthetic, kSynthetic,
      [this](const std::string& path, Cohort& cohort) { attach_scores(path, cohort); });
  input.lesions = read_cohorts(lesions);
  input.backgrounds = read_cohorts(backgrounds);
  if (!folds.empty()) input.folds = read_folds(folds);
  return input;
}

std::vector<fs::path> AssessStage::inputs() const {
  std::vector<fs::path> paths(real.begin(), real.end());
  for (const std::string& argument : synthetic)
    paths.emplace_back(named_path(argument, kSynthetic).path);
  for (const std::string& argument : detections)
    paths.emplace_back(named_path(argument, kDetections).path);
  paths.insert(paths.end(), lesions.begin(), lesions.end());
  paths.insert(paths.end(), backgrounds.begin(), backgrounds.end());
  if (!folds.empty()) paths.emplace_back(folds);
  return paths;
}

Json AssessStage::options() const {
  Json json = to_json(assessment);
  // What each of the inputs is.
  json["real"] = real.size();
  json["lesions"] = lesions.size();
  json["backgrounds"] = backgrounds.size();
  json["detections"] = Json::array();
  for (const std::string& argument : detections)
    json["detections"].push_back(place_of(named_path(argument, kDetections).name));
  json["synthetic"] = Json::array();
  for (const std::string& argument : synthetic)
    json["synthetic"].push_back(named_path(argument, kSynthetic).name);
  return json;
}

void AssessStage::run(const RunContext& context) {
  if (context.device == "cuda") {
    fail(ErrorKind::usage, "--device: found cuda, expected auto or cpu: the networks are small");
  }
  const AssessInput input = read();
  std::vector<std::string> names;
  for (const SyntheticSet& set : input.synthetic) names.push_back(set_name(set));
  mammograft::check(assessment.report, names);
  set_threads(context.threads);
  const Assessment result =
      assess(input, assessment.assess, context.seed, context.threads, context.progress);
  const auto paint = [this](const MassRef& mass, int side_px) {
    return mass_picture(mass, assessment.assess.window, side_px);
  };
  write_assessment_report({result, assessment.assess, context.seed, context.threads, paint},
                          assessment.report, out);
  std::fputs(assessment_text(result).c_str(), stdout);
  report_time_and_gaps(result);
  log_info(fmt::format("{}: the report", (out / "report.html").string()));
  if (assessment.report.reader_count > 0)
    log_info(fmt::format("{}: for a human reader", (out / "reader.html").string()));
}

}  // namespace mammograft
