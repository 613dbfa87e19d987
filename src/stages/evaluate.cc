#include "stages/evaluate.h"

#include <cstdio>

#include "core/log.h"
#include "core/run_folder.h"
#include "core/training_log.h"
#include "exchange/imrmc_file.h"
#include "exchange/results_file.h"
#include "exchange/rjafroc_file.h"
#include "exchange/truth_file.h"
#include "pages/evaluation_report.h"
#include "pages/terminal_text.h"
#include "stages/system_files.h"

namespace mammograft {
namespace {

void add_with_meta(const fs::path& file, std::vector<fs::path>& paths) {
  paths.push_back(file);
  paths.push_back(detections_meta_path(file));
}

std::vector<NamedDetections> read_all(const std::vector<fs::path>& files, const Cohort& truth,
                                      const ExchangeOptions& options) {
  std::vector<NamedDetections> detections;
  for (const fs::path& file : files) detections.push_back(read_results(file, truth, options));
  return detections;
}

// Every system a modality, every training of it a reader.
ReaderStudy study_of(const EvaluateResult& result) {
  std::vector<StudyResult> results;
  for (const SystemResult& system : result.comparison.systems) {
    for (size_t run = 0; run < system.sets.size(); ++run) {
      results.push_back({system.name, fmt::format("{}", run + 1),
                         free_response(result.sets[system.sets[run]].reading)});
    }
  }
  return make_reader_study(std::move(results));
}

void write_exports(const EvaluateResult& result, const std::vector<std::string>& exports,
                   const fs::path& out) {
  if (exports.empty()) return;
  const ReaderStudy study = study_of(result);
  for (const std::string& format : exports) {
    if (format == "rjafroc") {
      write_rjafroc_file(out / "study.xlsx", study);
    } else {
      write_imrmc_file(out / "study.imrmc", study, "mammograft evaluate");
    }
  }
}

}  // namespace

std::vector<fs::path> EvaluateStage::inputs() const {
  std::vector<fs::path> paths = {truth};
  for (const fs::path& file : files) add_with_meta(file, paths);
  for (const std::string& text : systems)
    for (const fs::path& file : system_files(text).files) add_with_meta(file, paths);
  if (training.empty()) return paths;
  const RunFolder folder(training);
  paths.push_back(folder.log());
  paths.push_back(folder.configuration());
  return paths;
}

Json EvaluateStage::options() const {
  Json json = to_json(evaluation);
  if (!systems.empty()) json["systems"] = systems;
  return json;
}

void EvaluateStage::check() const {
  checked(evaluation.evaluate);
  for (const std::string& text : systems) system_files(text);
  if (files.empty() == systems.empty())
    fail(ErrorKind::usage, "evaluate: expected --detections or --system, one of them");
  for (const std::string& format : evaluation.exports) {
    if (format != "rjafroc" && format != "imrmc")
      fail(ErrorKind::usage, "--exports: found {}, expected rjafroc or imrmc", format);
  }
}

void EvaluateStage::run(const RunContext&) {
  const Cohort cohort = read_truth(truth, evaluation.exchange.truth);
  std::vector<SystemRun> runs;
  for (const std::string& text : systems) {
    const SystemFiles one = system_files(text);
    runs.push_back({one.system, read_all(one.files, cohort, evaluation.exchange)});
  }
  const std::vector<NamedDetections> detections = read_all(files, cohort, evaluation.exchange);
  const EvaluateResult result = runs.empty()
                                    ? mammograft::evaluate(cohort, detections, evaluation.evaluate)
                                    : mammograft::evaluate(cohort, runs, evaluation.evaluate);
  EvaluationBackground background;
  background.configuration = {{"evaluate", to_json(evaluation.evaluate)}};
  const NamedDetections& first = runs.empty() ? detections.front() : runs.front().files.front();
  if (first.meta) background.configuration["detector"] = first.meta->model;
  if (!training.empty()) {
    const RunFolder folder(training);
    background.training = training_curves(read_log(folder.log()));
    background.configuration["run"] = read_json(folder.configuration());
  }
  write_exports(result, evaluation.exports, out);
  write_evaluation_report(result, out, evaluation.report, background);
  std::fputs(evaluation_text(result).c_str(), stdout);
  log_info(fmt::format("{}: the report", (out / "report.html").string()));
}

}  // namespace mammograft
