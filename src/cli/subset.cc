#include "stages/subset.h"

#include "cli/command.h"
#include "cli/part_flags.h"

namespace mammograft {

std::unique_ptr<Command> subset_command(CLI::App& parent) {
  auto command = std::make_unique<Command>(
      parent, "subset",
      "Folds that leave fewer patients with a mass to learn from, for a learning curve.\n"
      "Everybody without a mass stays; of --lesions as many patients stay who are not in --cohort. "
      "Train with --folds FILE and the same --fold (without folds: "
      "--fold 0), and look for masses with the folds that were there before.");
  auto stage = std::make_shared<SubsetStage>();
  add_part(command->app(), stage->part, /*required=*/true);
  add_lesions(command->app(), stage->lesions, /*with_held_out=*/false);
  command->app()
      .add_option("--others", stage->others,
                  "cohort that is read with the same folds, of which everybody stays; may be given "
                  "several times")
      ->type_name("COHORT");
  command->app()
      .add_option("--out", stage->out, "file to write")
      ->required()
      ->type_name("folds.json");
  command->describe_options(stage->subset);
  command->runs(stage);
  return command;
}

}  // namespace mammograft
