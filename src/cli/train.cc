#include <algorithm>
#include <cstring>

#include "blend/train_blender.h"
#include "blend/train_vanilla.h"
#include "cli/cohort_part.h"
#include "cli/command.h"
#include "cli/failure.h"
#include "core/assets.h"
#include "core/files.h"
#include "core/log.h"
#include "detect/train_detector.h"
#include "evaluate/evaluate.h"
#include "nn/launch.h"

namespace mammograft {
namespace {

// A run begun with other options, or finished, is left alone unless --force; an unfinished one of
// the same options continues.
void begin_run_folder(const fs::path& run, bool force) {
  create_folder(run);
  if (fs::exists(run / "model.safetensors") && !force) {
    fail(ErrorKind::usage, "{}: exists; use --force to replace it",
         (run / "model.safetensors").string());
  }
  if (!force) return;
  for (const char* name : {"model.safetensors", "run.json", "log.jsonl", "validation.jsonl",
                           "checkpoint.safetensors"}) {
    fs::remove(run / name);
  }
}

std::unique_ptr<Command> blender_command(CLI::App& parent) {
  auto command = std::make_unique<Command>(
      parent, "blender",
      "The network that grafts masses onto healthy mammograms. A killed training continues with "
      "the same command.");
  auto options = std::make_shared<BlenderTrainingOptions>();
  auto part = std::make_shared<CohortPart>();
  auto lesions = std::make_shared<LesionPart>();
  auto out = std::make_shared<std::string>();
  part->add_to(command->app(), /*required=*/true);
  lesions->add_to(command->app(), /*with_held_out=*/false);
  command->app()
      .add_option(
          "--out", *out,
          "folder of the run; the model is RUN/model.safetensors, RUN/sheets shows it learn")
      ->required()
      ->type_name("RUN");
  command->describe_options(*options);
  command->action([=, &c = *command] {
    begin_run_folder(*out, c.common().force);
    const LesionsAndBackgrounds cohorts = lesions->read(*part);
    const auto seed = static_cast<uint64_t>(c.common().seed);
    const int threads = c.common().threads;
    const std::string& device = c.common().device;
    const BlenderRun run =
        options->method == "vanilla"
            ? train_vanilla(cohorts.lesions, *options, seed, threads, device, *out, c.progress())
            : train_blender(cohorts.backgrounds, cohorts.lesions, *options, seed, threads, device,
                            *out, c.progress());
    log_info(fmt::format("{}: trained", run.model.string()));
  });
  return command;
}

// What chooses a detector's best state: the TPR, meant over a range of false positives per image,
// since at a single one a few dozen masses tell little.
double validation_score(const Cohort& truth, const std::vector<Detection>& detections) {
  EvaluateOptions options;
  options.fppi = {0.25, 0.5, 1, 2};
  options.bootstrap.resamples = 0;
  options.allow_leak = true;  // the model's own held-out patients
  const SetResult set =
      evaluate(truth, {{"validation", detections, std::nullopt}}, options).sets.front();
  double sum = 0;
  for (const OperatingPoint& point : set.operating_points) sum += point.point.tpr;
  return sum / static_cast<double>(set.operating_points.size());
}

// The value of --config, --preset or --arch on the command line; empty without one.
std::string flag_value(const std::vector<std::string>& arguments, const std::string& flag) {
  std::string value;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == flag && i + 1 < arguments.size()) value = arguments[i + 1];
    if (arguments[i].starts_with(flag + "=")) value = arguments[i].substr(flag.size() + 1);
  }
  return value;
}

// A choice that decides other options' defaults, so it must be known before the parse: from the
// command line, else from its --config file. The first of `choices` where neither names one of
// them: the parse complains.
std::string early_choice(const std::vector<std::string>& arguments, const std::string& name,
                         const std::vector<std::string>& choices) {
  std::string value = flag_value(arguments, "--" + name);
  const std::string config = flag_value(arguments, "--config");
  if (value.empty() && fs::exists(config)) {
    const Json toml = read_toml(config);
    const Json* section = &toml;
    for (const char* part : {"", "train", "detector"}) {  // [train.detector] wins over the root
      if (*part) {
        if (!section->contains(part)) break;
        section = &section->at(part);
      }
      if (section->is_object() && section->contains(name) && section->at(name).is_string())
        value = section->at(name).get<std::string>();
    }
  }
  const bool known = std::find(choices.begin(), choices.end(), value) != choices.end();
  return known ? value : choices.front();
}

std::unique_ptr<Command> detector_command(CLI::App& parent,
                                          const std::vector<std::string>& arguments) {
  auto command = std::make_unique<Command>(parent, "detector",
                                           "Mask R-CNN or RetinaNet on a feature pyramid. A killed "
                                           "training continues with the same command. Started by "
                                           "mpirun or srun, several processes share every batch.");
  auto options = std::make_shared<DetectorTrainingOptions>(
      training_preset(early_choice(arguments, "preset", {"light", "torchvision", "paper"}),
                      early_choice(arguments, "arch", {"mask_rcnn", "retinanet"})));
  auto part = std::make_shared<CohortPart>();
  auto out = std::make_shared<std::string>();
  part->add_to(command->app(), /*required=*/true);
  command->app()
      .add_option("--out", *out, "folder of the run; the model is RUN/model.safetensors")
      ->required()
      ->type_name("RUN");
  command->describe_options(*options);
  command->action([=, &c = *command] {
    const auto processes = make_communicator();
    run_in_all(*processes, [&] {
      if (processes->rank() == 0) {
        begin_run_folder(*out, c.common().force);
      } else {
        set_log_level(LogLevel::quiet);
      }
      const fs::path imagenet = options->init == "imagenet"
                                    ? find_asset("resnet50-imagenet-c1-c4-bf16.safetensors")
                                    : fs::path();
      const int threads = c.common().threads != 0 ? c.common().threads : processes->threads();
      const TrainingRun run = train_detector(
          part->training(), *options, static_cast<uint64_t>(c.common().seed), threads,
          c.common().device, imagenet, validation_score, *out, c.progress(), *processes);
      log_info(fmt::format("{}: trained", run.model.string()));
    });
  });
  return command;
}

}  // namespace

std::vector<std::unique_ptr<Command>> train_commands(CLI::App& parent,
                                                     const std::vector<std::string>& arguments) {
  CLI::App* train = parent.add_subcommand("train", "Train a network on a cohort.");
  train->require_subcommand(1);
  std::vector<std::unique_ptr<Command>> commands;
  commands.push_back(blender_command(*train));
  commands.push_back(detector_command(*train, arguments));
  return commands;
}

}  // namespace mammograft
