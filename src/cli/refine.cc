#include "stages/refine.h"

#include "cli/command.h"

namespace mammograft {

std::unique_ptr<Command> refine_command(CLI::App& parent) {
  auto command = std::make_unique<Command>(
      parent, "refine", "Find masses' outlines inside the circles and boxes of a cohort.");
  auto stage = std::make_shared<RefineStage>();
  command->app()
      .add_option("cohort", stage->cohort, "cohort folder, or COCO JSON beside its images")
      ->required()
      ->type_name("COHORT");
  command->app()
      .add_option("--out", stage->out, "folder of the new cohort; images are copied")
      ->required()
      ->type_name("COHORT");
  command->describe_options(stage->refine);
  command->runs(stage);
  return command;
}

}  // namespace mammograft
