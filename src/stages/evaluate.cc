#include "stages/evaluate.h"

#include <cstdio>

#include "core/log.h"
#include "core/run_folder.h"
#include "core/training_log.h"
#include "exchange/results_file.h"
#include "exchange/truth_file.h"
#include "pages/evaluation_report.h"
#include "pages/terminal_text.h"

namespace mammograft {

std::vector<fs::path> EvaluateStage::inputs() const {
  std::vector<fs::path> paths = {truth};
  for (const fs::path& file : files) {
    paths.push_back(file);
    paths.push_back(detections_meta_path(file));
  }
  if (training.empty()) return paths;
  const RunFolder folder(training);
  paths.push_back(folder.log());
  paths.push_back(folder.configuration());
  return paths;
}

void EvaluateStage::run(const RunContext&) {
  const Cohort cohort = read_truth(truth, evaluation.exchange.truth);
  std::vector<NamedDetections> detections;
  for (const fs::path& file : files)
    detections.push_back(read_results(file, cohort, evaluation.exchange));
  const EvaluateResult result = mammograft::evaluate(cohort, detections, evaluation.evaluate);
  EvaluationBackground background;
  background.configuration = {{"evaluate", to_json(evaluation.evaluate)}};
  if (detections.front().meta)
    background.configuration["detector"] = detections.front().meta->model;
  if (!training.empty()) {
    const RunFolder folder(training);
    background.training = training_curves(read_log(folder.log()));
    background.configuration["run"] = read_json(folder.configuration());
  }
  write_evaluation_report(result, out, evaluation.report, background);
  std::fputs(evaluation_text(result).c_str(), stdout);
  log_info(fmt::format("{}: the report", (out / "report.html").string()));
}

}  // namespace mammograft
