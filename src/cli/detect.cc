#include "stages/detect.h"

#include "cli/command.h"
#include "cli/part_flags.h"

namespace mammograft {

std::unique_ptr<Command> detect_command(CLI::App& parent) {
  auto command =
      std::make_unique<Command>(parent, "detect",
                                "Look for masses in files, folders or a cohort.\n"
                                "With --fold: in the cohort's test part. On two cores count on 0.2 "
                                "s an image (preset light), "
                                "0.5 s while another program runs; the bar shows what is left.");
  auto stage = std::make_shared<DetectStage>();
  command->app()
      .add_option("files", stage->files, "images, folders and DICOMDIRs (DICOM, PNG, JPEG, PGM)")
      ->type_name("FILE|DIR");
  command->app()
      .add_option("--model", stage->models,
                  "detector (RUN/model.safetensors); may be given several times: what they find is "
                  "fused. Without: the one that ships with the program")
      ->allow_extra_args(false)
      ->type_name("FILE");
  command->app()
      .add_option("--out", stage->out, "folder for detections.json and overlays/")
      ->required()
      ->type_name("DIR");
  add_part(command->app(), stage->part, /*required=*/false);
  command->describe_options(stage->detect);
  command->action([stage, &c = *command] {
    if (stage->models.empty()) stage->models = {shipped_detector()};
    c.carry_out(*stage);
  });
  return command;
}

}  // namespace mammograft
