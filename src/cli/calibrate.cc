#include "stages/calibrate.h"

#include "cli/command.h"
#include "cli/part_flags.h"

namespace mammograft {

std::unique_ptr<Command> calibrate_command(CLI::App& parent) {
  auto command =
      std::make_unique<Command>(parent, "calibrate",
                                "Learn from images what int8 needs to know of a detector.\n"
                                "With --fold: from the cohort's training part.");
  auto stage = std::make_shared<CalibrateStage>();
  command->app()
      .add_option(
          "files", stage->files,
          "images, folders and DICOMDIRs (DICOM, PNG, JPEG, PGM); never of patients to be tested "
          "on: the leak guard knows the patients of cohorts only")
      ->type_name("FILE|DIR");
  command->app()
      .add_option("--model", stage->model, "detector (RUN/model.safetensors)")
      ->required()
      ->type_name("FILE");
  command->app()
      .add_option("--out", stage->out, "the calibration, for detect --calibration")
      ->required()
      ->type_name("FILE.json");
  add_part(command->app(), stage->part, /*required=*/false);
  command->describe_options(stage->calibration);
  command->runs(stage);
  return command;
}

}  // namespace mammograft
