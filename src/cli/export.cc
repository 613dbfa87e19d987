#include "stages/export.h"

#include "cli/command.h"

namespace mammograft {

std::unique_ptr<Command> export_command(CLI::App& parent) {
  auto command = std::make_unique<Command>(
      parent, "export",
      "Write a detector as ONNX, for other programs.\n"
      "DIR gets dense.onnx (image to maps), the heads of a Mask R-CNN (box_head.onnx,\n"
      "mask_head.onnx) and detector.json: all else between a mammogram and its boxes.\n"
      "examples/onnx_detect.py shows how to use them. For research use only.");
  struct Export {
    ExportStage stage;
    NoOptions none;
  };
  auto exported = std::make_shared<Export>();
  command->app()
      .add_option("--model", exported->stage.model, "detector (RUN/model.safetensors)")
      ->required()
      ->type_name("FILE");
  command->app()
      .add_option("--onnx", exported->stage.onnx, "folder for the ONNX files")
      ->required()
      ->type_name("DIR");
  command->describe_options(exported->none);
  command->action([exported, &c = *command] { c.carry_out(exported->stage); });
  return command;
}

}  // namespace mammograft
