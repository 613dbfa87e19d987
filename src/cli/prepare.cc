#include "stages/prepare.h"

#include "cli/command.h"

namespace mammograft {
namespace {

std::unique_ptr<Command> mias_command(CLI::App& parent) {
  auto command = std::make_unique<Command>(
      parent, "mias", "The mini-MIAS database: PGM or PNG films and Info.txt.");
  auto stage = std::make_shared<PrepareMiasStage>();
  command->app()
      .add_option("source", stage->source, "folder with Info.txt and mdb*.pgm or mdb*.png")
      ->required()
      ->type_name("SRC");
  command->app()
      .add_option("--out", stage->out, "folder of the cohort")
      ->required()
      ->type_name("COHORT");
  command->describe_options(stage->mias);
  command->runs(stage);
  return command;
}

std::unique_ptr<Command> coco_command(CLI::App& parent) {
  auto command = std::make_unique<Command>(
      parent, "coco", "Any COCO JSON with boxes, polygons or RLE, and its images.");
  auto stage = std::make_shared<PrepareCocoStage>();
  command->app()
      .add_option("json", stage->json, "COCO annotations")
      ->required()
      ->type_name("FILE.json");
  command->app()
      .add_option("--images", stage->images, "folder of the images")
      ->required()
      ->type_name("DIR");
  command->app()
      .add_option("--out", stage->out, "folder of the cohort")
      ->required()
      ->type_name("COHORT");
  command->describe_options(stage->coco);
  command->runs(stage);
  return command;
}

std::unique_ptr<Command> dicom_command(CLI::App& parent) {
  auto command = std::make_unique<Command>(
      parent, "dicom", "A folder of DICOM files, with a CSV of boxes or without.");
  auto stage = std::make_shared<PrepareDicomStage>();
  command->app()
      .add_option("source", stage->source, "folder with DICOM files, or a DICOMDIR")
      ->required()
      ->type_name("SRC");
  command->app()
      .add_option("--out", stage->out, "folder of the cohort")
      ->required()
      ->type_name("COHORT");
  command->describe_options(stage->dicom);
  command->runs(stage);
  return command;
}

}  // namespace

std::vector<std::unique_ptr<Command>> prepare_commands(CLI::App& parent) {
  CLI::App* prepare =
      parent.add_subcommand("prepare", "Turn a release of mammograms into a cohort.");
  prepare->require_subcommand(1);
  std::vector<std::unique_ptr<Command>> commands;
  commands.push_back(mias_command(*prepare));
  commands.push_back(coco_command(*prepare));
  commands.push_back(dicom_command(*prepare));
  return commands;
}

}  // namespace mammograft
