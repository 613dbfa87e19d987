#include "stages/phantom.h"

#include "cli/command.h"

namespace mammograft {

std::unique_ptr<Command> phantom_command(CLI::App& parent) {
  auto command = std::make_unique<Command>(
      parent, "phantom", "Make a cohort of procedural mammograms with masses (the built-in data).");
  auto stage = std::make_shared<PhantomStage>();
  command->app()
      .add_option("--out", stage->out, "folder of the cohort")
      ->required()
      ->type_name("COHORT");
  command->describe_options(stage->phantom);
  command->runs(stage);
  return command;
}

}  // namespace mammograft
