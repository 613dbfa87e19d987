#include "evaluate/evaluate.h"

#include <cstdio>

#include "cli/command.h"
#include "core/files.h"
#include "core/log.h"
#include "core/run_folder.h"
#include "nn/training_log.h"
#include "pages/evaluation_report.h"
#include "pages/numbers.h"

namespace mammograft {
namespace {

struct EvaluateCommandOptions {
  EvaluateOptions evaluate;
  EvaluationReportOptions report;
  template <typename V>
  void fields(V&& v) {
    evaluate.fields(v);
    report.fields(v);
  }
};

void print_result(const EvaluateResult& result) {
  for (const SetResult& set : result.sets) {
    std::printf("%s: %d masses, %d images, %d false positives in all\n", set.name.c_str(),
                set.counts.masses, set.counts.fppi_images, set.counts.false_positives);
    for (const OperatingPoint& at : set.operating_points) {
      std::printf("  TPR at %-4g FPPI: %s\n", at.fppi_limit,
                  with_interval(at.point.tpr, at.tpr).c_str());
    }
  }
}

void run_evaluate(const std::string& truth_path, const std::vector<std::string>& files,
                  const std::string& run, const fs::path& out,
                  const EvaluateCommandOptions& options, const Command& command) {
  const Cohort truth = read_cohort(truth_path);
  std::vector<NamedDetections> detections;
  for (const std::string& file : files) detections.push_back(read_named_detections(file));
  EvaluateOptions resolved = options.evaluate;
  const EvaluateResult result = evaluate(truth, detections, resolved);
  EvaluationBackground background;
  background.configuration = {{"evaluate", to_json(options.evaluate)}};
  if (detections.front().meta)
    background.configuration["detector"] = detections.front().meta->model;
  if (!run.empty()) {
    const RunFolder folder(run);
    background.training = training_curves(read_log(folder.log()));
    background.configuration["run"] = read_json(folder.configuration());
  }
  begin_output(out, "metrics.json", command.common().force);
  write_evaluation_report(result, out, options.report, background);
  print_result(result);
  log_info(fmt::format("{}: the report", (out / "report.html").string()));
}

}  // namespace

std::unique_ptr<Command> evaluate_command(CLI::App& parent) {
  auto command = std::make_unique<Command>(
      parent, "evaluate",
      "Score detections against the truth: FROC with intervals, and a report with pictures.");
  auto options = std::make_shared<EvaluateCommandOptions>();
  auto truth = std::make_shared<std::string>(), out = std::make_shared<std::string>(),
       run = std::make_shared<std::string>();
  auto files = std::make_shared<std::vector<std::string>>();
  command->app()
      .add_option("--truth", *truth,
                  "cohort folder, or any COCO JSON (pixels are only for the gallery)")
      ->required()
      ->type_name("COHORT");
  command->app()
      .add_option("--detections", *files, "COCO results; several: folds (pooled) or methods")
      ->required()
      ->type_name("FILE");
  command->app()
      .add_option("--run", *run, "training run whose curves the report shows")
      ->type_name("RUN");
  command->app()
      .add_option("--out", *out, "folder for metrics.json and report.html")
      ->required()
      ->type_name("DIR");
  command->describe_options(*options);
  command->action([=, &c = *command] { run_evaluate(*truth, *files, *run, *out, *options, c); });
  return command;
}

}  // namespace mammograft
