#include "cli/command.h"
#include "cli/failure.h"
#include "cli/part_flags.h"
#include "nn/launch.h"
#include "stages/train_blender.h"
#include "stages/train_detector.h"

namespace mammograft {
namespace {

std::unique_ptr<Command> blender_command(CLI::App& parent) {
  auto command =
      std::make_unique<Command>(parent, "blender",
                                "The network that grafts masses onto healthy mammograms.\n"
                                "A killed training continues with the same command.");
  auto stage = std::make_shared<TrainBlenderStage>();
  add_part(command->app(), stage->part, /*required=*/true);
  add_lesions(command->app(), stage->lesions, /*with_held_out=*/false);
  command->app()
      .add_option(
          "--out", stage->out,
          "folder of the run; the model is RUN/model.safetensors, RUN/sheets shows it learn")
      ->required()
      ->type_name("RUN");
  command->describe_options(stage->training, [](const BlenderTrainingOptions& chosen) {
    return blender_preset(chosen.preset);
  });
  command->runs(stage);
  return command;
}

std::unique_ptr<Command> detector_command(CLI::App& parent) {
  auto command = std::make_unique<Command>(
      parent, "detector",
      "Mask R-CNN or RetinaNet on a feature pyramid.\n"
      "--preset and --arch decide the other options' defaults, or the detector that --init names: "
      "its network goes on to learn. A killed training continues with "
      "the same command. Started by mpirun or srun, several processes share every batch. With "
      "--graft-online every synthetic draw is a graft made for it, beside the training; nothing of "
      "a patient held out, by --fold or to choose the best state, is in any.");
  auto stage = std::make_shared<TrainDetectorStage>();
  stage->training = unsaid_training();
  add_part(command->app(), stage->part, /*required=*/true);
  command->app()
      .add_option("--out", stage->out, "folder of the run; the model is RUN/model.safetensors")
      ->required()
      ->type_name("RUN");
  add_online_grafts(command->app(), stage->grafts);
  command->describe_options(stage->training, training_defaults);
  command->action([stage, &c = *command] {
    const auto processes = make_communicator();
    stage->processes = processes.get();
    stage->grafts.given = c.given("graft");
    run_in_all(*processes, [&] { c.carry_out(*stage, *processes); });
  });
  return command;
}

}  // namespace

std::vector<std::unique_ptr<Command>> train_commands(CLI::App& parent) {
  CLI::App* train = parent.add_subcommand("train", "Train a network on a cohort.");
  train->require_subcommand(1);
  std::vector<std::unique_ptr<Command>> commands;
  commands.push_back(blender_command(*train));
  commands.push_back(detector_command(*train));
  return commands;
}

}  // namespace mammograft
