#include "stages/synthesize.h"

#include "cli/command.h"
#include "cli/part_flags.h"

namespace mammograft {

std::unique_ptr<Command> synthesize_command(CLI::App& parent) {
  auto command = std::make_unique<Command>(
      parent, "synthesize",
      "Graft the masses of a cohort onto its normal mammograms.\n"
      "The result is a cohort with exact masks; a killed synthesis continues with the same "
      "command.");
  auto stage = std::make_shared<SynthesizeStage>();
  add_part(command->app(), stage->part, /*required=*/false);
  add_lesions(command->app(), stage->lesions, /*with_held_out=*/true);
  command->app().add_option("--model", stage->model, "blender that grafts")->type_name("MODEL");
  command->app()
      .add_option(
          "--mistakes", stage->mistaken,
          "what a detector found in the cohort: the masses that it missed, and the images in "
          "which it marked what is none, are drawn more often (a second round)")
      ->delimiter(',')
      ->type_name("DETECTIONS,...");
  command->app()
      .add_option("--out", stage->out, "folder of the cohort")
      ->required()
      ->type_name("COHORT");
  command->describe_options(stage->synthesis);
  command->action([stage, &c = *command] {
    stage->given = c.given();
    c.carry_out(*stage);
  });
  return command;
}

}  // namespace mammograft
