#include "stages/inspect.h"

#include <cstdio>

#include "cli/command.h"

namespace mammograft {

std::unique_ptr<Command> inspect_command(CLI::App& parent) {
  auto command = std::make_unique<Command>(
      parent, "inspect", "Count what a cohort holds, say what looks odd, and draw contact sheets.");
  auto stage = std::make_shared<InspectStage>();
  command->app()
      .add_option("cohort", stage->cohort, "cohort folder or COCO JSON")
      ->required()
      ->type_name("COHORT");
  command->app()
      .add_option("--out", stage->out,
                  "folder for summary.json and contact sheets; none: only the table")
      ->type_name("DIR");
  command->describe_options(stage->sheets);
  command->action([stage, &c = *command] {
    stage->check();
    std::fputs(summary_to_text(stage->summary()).c_str(), stdout);
    if (!stage->out.empty()) c.carry_out(*stage);
  });
  return command;
}

}  // namespace mammograft
