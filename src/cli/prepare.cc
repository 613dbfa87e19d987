#include "stages/prepare.h"

#include "cli/command.h"

namespace mammograft {
namespace {

struct Release {
  const char* name;
  const char* help;
  const char* source;  // what it lies in
};

template <typename Options>
std::unique_ptr<Command> release_command(CLI::App& parent, const Release& release,
                                         std::shared_ptr<PrepareReleaseStage<Options>> stage) {
  auto command = std::make_unique<Command>(parent, release.name, release.help);
  command->app().add_option("source", stage->source, release.source)->required()->type_name("SRC");
  command->app()
      .add_option("--out", stage->out, "folder of the cohort")
      ->required()
      ->type_name("COHORT");
  command->describe_options(stage->import);
  command->runs(stage);
  return command;
}

template <typename Options>
std::unique_ptr<Command> release_command(CLI::App& parent, const Release& release,
                                         typename PrepareReleaseStage<Options>::Importer importer) {
  return release_command(parent, release,
                         std::make_shared<PrepareReleaseStage<Options>>(release.name, importer));
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

}  // namespace

std::vector<std::unique_ptr<Command>> prepare_commands(CLI::App& parent) {
  CLI::App* prepare =
      parent.add_subcommand("prepare", "Turn a release of mammograms into a cohort.");
  prepare->require_subcommand(1);
  std::vector<std::unique_ptr<Command>> commands;
  commands.push_back(release_command<InbreastOptions>(
      *prepare,
      {"inbreast", "INbreast: AllDICOMs, AllXML and INbreast.csv.", "folder of the release"},
      prepare_inbreast));
  commands.push_back(release_command<CbisDdsmOptions>(
      *prepare,
      {"cbis-ddsm", "CBIS-DDSM: its CSVs and DICOM files in any layout, or the JPEG edition.",
       "folder of the release, or of a part of it"},
      prepare_cbis_ddsm));
  commands.push_back(release_command<VindrOptions>(
      *prepare, {"vindr", "VinDr-Mammo: its CSVs and images/.", "folder of the release"},
      prepare_vindr));
  commands.push_back(release_command<MiasOptions>(
      *prepare,
      {"mias", "The mini-MIAS database: PGM or PNG films and Info.txt.",
       "folder with Info.txt and mdb*.pgm or mdb*.png"},
      prepare_mias));
  commands.push_back(coco_command(*prepare));
  commands.push_back(release_command<DicomOptions>(
      *prepare,
      {"dicom", "A folder of DICOM files, with a CSV of boxes or without.",
       "folder with DICOM files, or a DICOMDIR"},
      std::make_shared<PrepareDicomStage>()));
  return commands;
}

}  // namespace mammograft
