#include "assess/assess.h"

#include <cstdio>
#include <map>

#include "cli/command.h"
#include "core/files.h"
#include "core/log.h"
#include "nn/compute.h"
#include "pages/assessment_report.h"
#include "pages/numbers.h"

namespace mammograft {
namespace {

struct AssessCommandOptions {
  AssessOptions assess;
  AssessmentReportOptions report;
  template <typename V>
  void fields(V&& v) {
    assess.fields(v);
    report.fields(v);
  }
};

struct AssessPaths {
  std::vector<std::string> real, synthetic, lesions, backgrounds;
  std::string folds, out;
};

std::vector<Cohort> read_cohorts(const std::vector<std::string>& paths) {
  std::vector<Cohort> cohorts;
  for (const std::string& path : paths) cohorts.push_back(read_cohort(path));
  return cohorts;
}

// "NAME=COHORT" or "COHORT"; a folder may have an equals sign in its name.
SyntheticSet read_synthetic(const std::string& argument) {
  const size_t equals = argument.find('=');
  if (equals == std::string::npos || fs::exists(argument)) return {"", read_cohort(argument)};
  if (equals == 0) {
    fail(ErrorKind::usage, "--synthetic: found \"{}\", expected a name before the =", argument);
  }
  return {argument.substr(0, equals), read_cohort(argument.substr(equals + 1))};
}

// Cohorts of one name (one for each fold, or each seed) are one set, in the place of its first.
std::vector<SyntheticSet> read_synthetic_sets(const std::vector<std::string>& arguments) {
  std::vector<std::string> names;
  std::map<std::string, std::vector<Cohort>> cohorts;
  for (const std::string& argument : arguments) {
    SyntheticSet set = read_synthetic(argument);
    const std::string name = set_name(set);
    if (!cohorts.count(name)) names.push_back(name);
    cohorts[name].push_back(std::move(set.cohort));
  }
  std::vector<SyntheticSet> sets;
  for (const std::string& name : names) sets.push_back({name, merge(cohorts.at(name))});
  return sets;
}

AssessInput read_input(const AssessPaths& paths) {
  AssessInput input;
  input.real = read_cohorts(paths.real);
  input.synthetic = read_synthetic_sets(paths.synthetic);
  input.lesions = read_cohorts(paths.lesions);
  input.backgrounds = read_cohorts(paths.backgrounds);
  if (!paths.folds.empty()) input.folds = read_folds(paths.folds);
  return input;
}

void print_result(const Assessment& assessment) {
  for (const AssessedSet& set : assessment.sets) {
    std::printf("%s: AUC %s; %d of %zu synthetic masses tested against %d real ones\n",
                set.name.c_str(), with_interval(set.auc.value, set.auc.interval).c_str(),
                set.auc.synthetic, set.masses.size(), set.auc.real);
  }
  for (const AucDifference& difference : assessment.differences) {
    std::printf("%s - %s: %s\n", assessment.sets[difference.first].name.c_str(),
                assessment.sets[difference.second].name.c_str(),
                with_interval(difference.value, difference.interval).c_str());
  }
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

void run_assess(const AssessPaths& paths, const AssessCommandOptions& options, Command& command) {
  const CommonOptions& common = command.common();
  if (common.device == "cuda") {
    fail(ErrorKind::usage, "--device: found cuda, expected auto or cpu: the networks are small");
  }
  const AssessInput input = read_input(paths);
  std::vector<std::string> names;
  for (const SyntheticSet& set : input.synthetic) names.push_back(set_name(set));
  check(options.report, names);
  const fs::path out = paths.out;
  begin_output(out, "assessment.json", common.force);
  set_threads(common.threads);
  const auto seed = static_cast<uint64_t>(common.seed);
  const Assessment assessment =
      assess(input, options.assess, seed, common.threads, command.progress());
  const auto paint = [&](const MassRef& mass, int side_px) {
    return mass_picture(mass, options.assess.window, side_px);
  };
  write_assessment_report({assessment, options.assess, seed, common.threads, paint}, options.report,
                          out);
  print_result(assessment);
  report_time_and_gaps(assessment);
  log_info(fmt::format("{}: the report", (out / "report.html").string()));
  if (options.report.reader_count > 0) {
    log_info(fmt::format("{}: for a human reader", (out / "reader.html").string()));
  }
}

void add_paths(CLI::App& app, AssessPaths& paths) {
  app.add_option("--real", paths.real, "cohort of real masses; may be given several times")
      ->required()
      ->type_name("COHORT");
  app.add_option(
         "--synthetic", paths.synthetic,
         "cohort of synthetic masses, each image with its provenance; several are "
         "compared, those of one NAME (folds, seeds) pooled. Without a NAME it is called by "
         "its method")
      ->required()
      ->type_name("[NAME=]COHORT");
  app.add_option("--lesions", paths.lesions, "cohort of the source lesions, where not --real")
      ->type_name("COHORT");
  app.add_option("--backgrounds", paths.backgrounds, "cohort of the backgrounds, where not --real")
      ->type_name("COHORT");
  app.add_option("--folds", paths.folds,
                 "folds by patient (mammograft split); none: made here from all patients")
      ->type_name("folds.json");
  app.add_option("--out", paths.out, "folder for assessment.json, report.html and reader.html")
      ->required()
      ->type_name("DIR");
}

}  // namespace

std::unique_ptr<Command> assess_command(CLI::App& parent) {
  auto command = std::make_unique<Command>(
      parent, "assess",
      "How real do synthetic masses look? Contrast, seams and texture against those of real\n"
      "masses; how well a small network tells them apart, on patients that it never saw; and a\n"
      "page on which a reader tries the same.\n\n"
      "  mammograft assess --real cohort --synthetic blend=grafted --synthetic pie=pasted "
      "--out assessment\n\n"
      "AUC 0.5: nobody can tell; 1: always. A synthetic mass is tested where the patients of its\n"
      "lesion and of its background lie in one fold, so synthesize within the folds and give\n"
      "them here.");
  auto options = std::make_shared<AssessCommandOptions>();
  auto paths = std::make_shared<AssessPaths>();
  add_paths(command->app(), *paths);
  command->describe_options(*options);
  command->action([=, &c = *command] { run_assess(*paths, *options, c); });
  return command;
}

}  // namespace mammograft
