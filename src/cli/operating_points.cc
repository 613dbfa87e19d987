#include "stages/operating_points.h"

#include "cli/command.h"

namespace mammograft {

std::unique_ptr<Command> operating_points_command(CLI::App& parent) {
  auto command = std::make_unique<Command>(
      parent, "operating-points",
      "Learn from held-out patients what a detector's scores are worth, and keep it in its file.\n"
      "First: mammograft detect on those patients, without an operating point.");
  auto stage = std::make_shared<OperatingPointsStage>();
  command->app()
      .add_option("--model", stage->model, "detector (RUN/model.safetensors)")
      ->required()
      ->type_name("FILE");
  command->app()
      .add_option("--truth", stage->truth, "cohort with the patients; never those to be tested on")
      ->required()
      ->type_name("COHORT");
  command->app()
      .add_option("--detections", stage->files, "what the detector found there")
      ->required()
      ->type_name("FILE");
  command->app()
      .add_option("--out", stage->out, "the detector with its operating points")
      ->required()
      ->type_name("FILE.safetensors");
  command->describe_options(stage->points);
  command->runs(stage);
  return command;
}

}  // namespace mammograft
