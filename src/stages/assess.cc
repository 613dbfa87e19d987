#include "stages/assess.h"

#include <cstdio>
#include <map>

#include "core/log.h"
#include "nn/compute.h"
#include "pages/terminal_text.h"

namespace mammograft {
namespace {

std::vector<Cohort> read_cohorts(const std::vector<std::string>& paths) {
  std::vector<Cohort> cohorts;
  for (const std::string& path : paths) cohorts.push_back(read_cohort(path));
  return cohorts;
}

// "NAME=COHORT" or "COHORT"; a folder may have an equals sign in its name.
struct NamedPath {
  std::string name;  // may be empty
  std::string path;
};

NamedPath named_path(const std::string& argument) {
  const size_t equals = argument.find('=');
  if (equals == std::string::npos || fs::exists(argument)) return {"", argument};
  if (equals == 0) {
    fail(ErrorKind::usage, "--synthetic: found \"{}\", expected a name before the =", argument);
  }
  return {argument.substr(0, equals), argument.substr(equals + 1)};
}

// Cohorts of one name (one for each fold, or each seed) are one set, in the place of its first.
std::vector<SyntheticSet> read_synthetic_sets(const std::vector<std::string>& arguments) {
  std::vector<std::string> names;
  std::map<std::string, std::vector<Cohort>> cohorts;
  for (const std::string& argument : arguments) {
    const NamedPath given = named_path(argument);
    SyntheticSet set{given.name, read_cohort(given.path)};
    const std::string name = set_name(set);
    if (!cohorts.count(name)) names.push_back(name);
    cohorts[name].push_back(std::move(set.cohort));
  }
  std::vector<SyntheticSet> sets;
  for (const std::string& name : names) sets.push_back({name, merge(cohorts.at(name))});
  return sets;
}

void report_time_and_gaps(const Assessment& assessment) {
  for (const AssessedSet& set : assessment.sets) {
    log_info(fmt::format("{}: {} networks in {:.1f} s", set.name,
                         assessment.folds.count * static_cast<int>(set.seed_auc.size()),
                         set.classifier_seconds));
    if (set.unknown_backgrounds > 0) {
      log_warning(fmt::format("{}: {} backgrounds are in no cohort given (--backgrounds)", set.name,
                              set.unknown_backgrounds));
    }
  }
}

}  // namespace

AssessInput AssessStage::read() const {
  AssessInput input;
  input.real = read_cohorts(real);
  input.synthetic = read_synthetic_sets(synthetic);
  input.lesions = read_cohorts(lesions);
  input.backgrounds = read_cohorts(backgrounds);
  if (!folds.empty()) input.folds = read_folds(folds);
  return input;
}

std::vector<fs::path> AssessStage::inputs() const {
  std::vector<fs::path> paths(real.begin(), real.end());
  for (const std::string& argument : synthetic) paths.emplace_back(named_path(argument).path);
  paths.insert(paths.end(), lesions.begin(), lesions.end());
  paths.insert(paths.end(), backgrounds.begin(), backgrounds.end());
  if (!folds.empty()) paths.emplace_back(folds);
  return paths;
}

Json AssessStage::options() const {
  Json json = to_json(assessment);
  json["synthetic"] = Json::array();
  for (const std::string& argument : synthetic)
    json["synthetic"].push_back(named_path(argument).name);
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
