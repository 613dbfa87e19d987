#include "stages/merge.h"

#include "cli/command.h"

namespace mammograft {

std::unique_ptr<Command> merge_command(CLI::App& parent) {
  struct Merge {
    MergeStage stage;
    NoOptions none;
  };
  auto command = std::make_unique<Command>(
      parent, "merge",
      "Join the shards of prepare --shard K/N, or those of detect: the same bytes as without "
      "shards.\n"
      "Refuses shards that are not all of one whole. Images are hard links where the file system "
      "has them, else copies: the shards' folders may go then.");
  auto merge = std::make_shared<Merge>();
  command->app()
      .add_option("shards", merge->stage.shards, "their folders, all of them, in any order")
      ->required()
      ->type_name("SHARD");
  command->app()
      .add_option("--out", merge->stage.out, "folder for the cohort, or for the detections")
      ->required()
      ->type_name("DIR");
  command->describe_options(merge->none);
  command->action([merge, &c = *command] { c.carry_out(merge->stage); });
  return command;
}

}  // namespace mammograft
