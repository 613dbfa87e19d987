#include "cli/command.h"
#include "core/log.h"
#include "prepare/coco.h"
#include "prepare/mias.h"

namespace mammograft {
namespace {

void say(const std::string& out, const Cohort& cohort) {
  log_info(fmt::format("{}: {} images, {} findings; look at them with: mammograft inspect {}", out,
                       cohort.images.size(), cohort.annotations.size(), out));
}

template <typename Options>
void apply_common(const CommonOptions& common, Options& options) {
  options.threads = common.threads;
  options.force = common.force;
}

std::unique_ptr<Command> mias_command(CLI::App& parent) {
  auto command = std::make_unique<Command>(
      parent, "mias", "The mini-MIAS database: PGM or PNG films and Info.txt.");
  auto options = std::make_shared<MiasOptions>();
  auto source = std::make_shared<std::string>(), out = std::make_shared<std::string>();
  command->app()
      .add_option("source", *source, "folder with Info.txt and mdb*.pgm or mdb*.png")
      ->required()
      ->type_name("SRC");
  command->app().add_option("--out", *out, "folder of the cohort")->required()->type_name("COHORT");
  command->describe_options(*options);
  command->action([=, &c = *command] {
    apply_common(c.common(), *options);
    say(*out, prepare_mias(*source, *out, *options, c.progress()));
  });
  return command;
}

std::unique_ptr<Command> coco_command(CLI::App& parent) {
  auto command = std::make_unique<Command>(
      parent, "coco", "Any COCO JSON with boxes, polygons or RLE, and its images.");
  auto options = std::make_shared<CocoOptions>();
  auto json = std::make_shared<std::string>(), images = std::make_shared<std::string>();
  auto out = std::make_shared<std::string>();
  command->app().add_option("json", *json, "COCO annotations")->required()->type_name("FILE.json");
  command->app()
      .add_option("--images", *images, "folder of the images")
      ->required()
      ->type_name("DIR");
  command->app().add_option("--out", *out, "folder of the cohort")->required()->type_name("COHORT");
  command->describe_options(*options);
  command->action([=, &c = *command] {
    apply_common(c.common(), *options);
    say(*out, prepare_coco(*json, *images, *out, *options, c.progress()));
  });
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
  return commands;
}

}  // namespace mammograft
