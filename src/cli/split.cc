#include "stages/split.h"

#include "cli/command.h"

namespace mammograft {

std::unique_ptr<Command> split_command(CLI::App& parent) {
  auto command = std::make_unique<Command>(
      parent, "split", "Divide a cohort's patients into folds, as many with a mass in each.");
  auto stage = std::make_shared<SplitStage>();
  command->app()
      .add_option("cohort", stage->cohorts,
                  "cohort folder or COCO JSON; of several each is divided by itself")
      ->required()
      ->type_name("COHORT");
  command->app()
      .add_option("--out", stage->out, "file to write")
      ->required()
      ->type_name("folds.json");
  command->describe_options(stage->split);
  command->runs(stage);
  return command;
}

}  // namespace mammograft
