#include "evaluate/evaluate.h"

#include <cstdio>

#include "cli/command.h"
#include "cli/evaluation_report.h"
#include "cohort/summary.h"
#include "core/files.h"
#include "core/log.h"
#include "core/version.h"

namespace mammograft {
namespace {

struct EvaluateCommandOptions {
  EvaluateOptions evaluate;
  std::string title = "Evaluation of a mass detector";
  int cases = 6;
  double gallery_fppi = 0.5;
  template <typename V>
  void fields(V&& v) {
    evaluate.fields(v);
    v("title", title, "title of the report");
    v("cases", cases, "pictures of each kind in the report's gallery; 0: none");
    v("gallery_fppi", gallery_fppi, "operating point of the gallery, false positives per image");
  }
};

Table summary_table(const CohortSummary& summary) {
  Table table;
  table.columns = {{"what", "What"}, {"value", "Value"}};
  const auto row = [&](const std::string& what, const std::string& value) {
    table.rows.push_back({what, value});
  };
  const auto counts = [](const std::map<std::string, int>& by) {
    std::string text;
    for (const auto& [name, count] : by)
      text += (text.empty() ? "" : ", ") + name + " " + std::to_string(count);
    return text;
  };
  row("patients", fmt::format("{}, {} with a mass", summary.patients, summary.patients_with_mass));
  row("images", fmt::format("{} ({})", summary.images, counts(summary.by_status)));
  row("views", counts(summary.by_view));
  row("masses", fmt::format("{} ({})", summary.findings, counts(summary.by_mask_origin)));
  if (summary.size_mm.count > 0) {
    row("size of masses, mm", fmt::format("median {:.1f}, {:.1f} to {:.1f}", summary.size_mm.median,
                                          summary.size_mm.min, summary.size_mm.max));
  }
  row("pixel spacing", counts(summary.by_spacing));
  return table;
}

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
  ReportExtras extras;
  extras.title = options.title;
  extras.generator = std::string("mammograft ") + MAMMOGRAFT_VERSION;
  extras.cohort_summary = summary_table(summarize(*result.sets.front().cohort));
  extras.cases = options.cases;
  extras.gallery_fppi = options.gallery_fppi;
  extras.configuration = {{"evaluate", to_json(options.evaluate)}};
  if (detections.front().meta) extras.configuration["detector"] = detections.front().meta->model;
  if (!run.empty()) {
    extras.training = read_training_log(fs::path(run) / "log.jsonl");
    extras.configuration["run"] = read_json(fs::path(run) / "run.json");
  }
  begin_output(out, "metrics.json", command.common().force);
  write_evaluation_report(result, out, extras);
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
