#include "stages/evaluate.h"

#include "cli/command.h"

namespace mammograft {

std::unique_ptr<Command> evaluate_command(CLI::App& parent) {
  auto command = std::make_unique<Command>(
      parent, "evaluate",
      "Score detections against the truth: FROC with intervals, and a report with pictures.");
  auto stage = std::make_shared<EvaluateStage>();
  command->app()
      .add_option(
          "--truth", stage->truth,
          "cohort folder, any COCO JSON, or a table (CSV, TSV) with one row a mass; pixels are "
          "only for the gallery")
      ->required()
      ->type_name("COHORT");
  command->app()
      .add_option("--detections", stage->files,
                  "COCO results, a table (CSV, TSV) with one row a detection, or a folder of YOLO "
                  "text files; several: folds (pooled) or methods")
      ->type_name("FILE");
  command->app()
      .add_option(
          "--system", stage->systems,
          "in place of --detections, for several systems by name: the files of one of its "
          "trainings (folds are pooled). The same name again: another training (seed) of it")
      ->type_name("NAME=FILE,..");
  command->app()
      .add_option("--grafts", stage->grafts,
                  "cohort of grafted masses of the truth's lesions: the report shows them before "
                  "and after, and measures them. Several methods of one seed stand side by side; "
                  "those of one NAME are pooled, without one a cohort is called by its method")
      ->type_name("[NAME=]COHORT");
  command->app()
      .add_option(
          "--search", stage->search,
          "folder of mammograft detect with pictures: the report shows what was found there")
      ->type_name("DIR");
  command->app()
      .add_option("--run", stage->training, "training run whose curves the report shows")
      ->type_name("RUN");
  command->app()
      .add_option("--out", stage->out, "folder for metrics.json and report.html")
      ->required()
      ->type_name("DIR");
  command->describe_options(stage->evaluation);
  command->runs(stage);
  return command;
}

}  // namespace mammograft
