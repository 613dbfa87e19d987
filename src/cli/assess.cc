#include "stages/assess.h"

#include "cli/command.h"

namespace mammograft {
namespace {

void add_cohorts(CLI::App& app, AssessStage& stage) {
  app.add_option("--real", stage.real, "cohort of real masses; may be given several times")
      ->required()
      ->type_name("COHORT");
  app.add_option(
         "--synthetic", stage.synthetic,
         "cohort of synthetic masses, each image with its provenance; several are "
         "compared, those of one NAME (folds, seeds) pooled. Without a NAME it is called by "
         "its method")
      ->required()
      ->type_name("[NAME=]COHORT");
  app.add_option("--detections", stage.detections,
                 "what a detector that learnt from other patients' real masses found on a cohort "
                 "of --real or --synthetic: are grafts easier to find? Once for each cohort and "
                 "fold")
      ->type_name("COHORT=detections.json");
  app.add_option("--lesions", stage.lesions, "cohort of the source lesions, where not --real")
      ->type_name("COHORT");
  app.add_option("--backgrounds", stage.backgrounds, "cohort of the backgrounds, where not --real")
      ->type_name("COHORT");
}

}  // namespace

std::unique_ptr<Command> assess_command(CLI::App& parent) {
  auto command = std::make_unique<Command>(
      parent, "assess",
      "Measure how real synthetic masses look, and make a page for a human reader.\n"
      "Contrast, seams and texture against those of real masses; how well a small network tells\n"
      "them apart, on patients that it never saw; and a page on which a reader tries the same.\n\n"
      "  mammograft assess --real cohort --synthetic blend=grafted --synthetic pie=pasted "
      "--out assessment\n\n"
      "AUC 0.5: nobody can tell; 1: always. A synthetic mass is tested where the patients of its\n"
      "lesion and of its background lie in one fold, so synthesize within the folds and give\n"
      "them here.");
  auto stage = std::make_shared<AssessStage>();
  add_cohorts(command->app(), *stage);
  command->app()
      .add_option("--folds", stage->folds,
                  "folds by patient (mammograft split); none: made here from all patients")
      ->type_name("folds.json");
  command->app()
      .add_option("--out", stage->out, "folder for assessment.json, report.html and reader.html")
      ->required()
      ->type_name("DIR");
  command->describe_options(stage->assessment);
  command->runs(stage);
  return command;
}

}  // namespace mammograft
