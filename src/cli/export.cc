#include "stages/export.h"

#include "cli/command.h"
#include "core/error.h"

namespace mammograft {
namespace {

// What the two forms of the command are given.
struct Export {
  fs::path model, onnx, release_file;
  Release release;
  NoOptions none;

  void carry_out(Command& command) const {
    if (onnx.empty() == release_file.empty())
      fail(ErrorKind::usage, "export: expected one of --onnx and --release");
    if (!onnx.empty()) {
      ExportOnnxStage stage;
      stage.model = model, stage.out = onnx;
      return command.carry_out(stage);
    }
    ExportReleaseStage stage;
    stage.model = model, stage.out = release_file, stage.release = release;
    command.carry_out(stage);
  }
};

}  // namespace

std::unique_ptr<Command> export_command(CLI::App& parent) {
  auto command = std::make_unique<Command>(
      parent, "export",
      "Write a detector for other programs, or for other people. For research use only.\n"
      "--onnx: DIR gets dense.onnx (image to maps), the heads of a Mask R-CNN (box_head.onnx,\n"
      "mask_head.onnx) and detector.json: all else between a mammogram and its boxes;\n"
      "examples/onnx_detect.py shows how to use them.\n"
      "--release: FILE gets the detector with a name and a version, in a quarter of the bytes.");
  auto exported = std::make_shared<Export>();
  CLI::App& app = command->app();
  app.add_option("--model", exported->model, "detector (RUN/model.safetensors)")
      ->required()
      ->type_name("FILE");
  app.add_option("--onnx", exported->onnx, "folder for the ONNX files")->type_name("DIR");
  app.add_option("--release", exported->release_file, "file to hand on")
      ->type_name("FILE.safetensors");
  app.add_option("--name", exported->release.name, "of the release; stands in every result")
      ->type_name("NAME");
  app.add_option("--version", exported->release.version, "of the release")->type_name("X.Y.Z");
  command->describe_options(exported->none);
  command->action([exported, &c = *command] { exported->carry_out(c); });
  return command;
}

}  // namespace mammograft
