#include "graft/synthesize.h"

#include "blend/blender.h"
#include "blend/train_vanilla.h"
#include "cli/cohort_part.h"
#include "cli/command.h"
#include "core/files.h"
#include "core/log.h"

namespace mammograft {
namespace {

struct SynthesizeOptions {
  std::string method = "blend";
  SynthesisOptions synthesis;
  PoissonOptions pie;
  template <typename V>
  void fields(V&& v) {
    v.choice("method", method, {"blend", "pie", "noprior", "vanilla", "paste"},
             "blend, noprior and vanilla need a --model; pie: Poisson editing; paste: plain paste");
    synthesis.fields(v);
    v.group("pie", pie);
  }
};

// A synthesis that was killed continues; --force begins anew.
void begin(const fs::path& out, bool force) {
  begin_output(out, "cohort.json", force);
  if (force) fs::remove(out / "synthesis.jsonl");
}

// The method, and what a model behind it has to say.
Blender make_method(const SynthesizeOptions& options, const std::string& model) {
  const std::string& method = options.method;
  const bool needs_model = method == "blend" || method == "noprior" || method == "vanilla";
  if (needs_model && model.empty()) {
    fail(ErrorKind::usage, "--method {} needs a --model (mammograft train blender makes one)",
         method);
  }
  if (!needs_model && !model.empty())
    fail(ErrorKind::usage, "--method {}: found a --model, expected none", method);
  if (!needs_model) {
    Blender plain;
    plain.method = method == "paste" ? make_paste() : make_poisson(options.pie);
    plain.lesion = options.synthesis.lesion;
    plain.intensity = options.synthesis.intensity;
    return plain;
  }
  Blender blender = open_blender(model);
  if (blender.method->name() != method) {
    fail(ErrorKind::usage, "{}: is a model for --method {}, found --method {}", model,
         blender.method->name(), method);
  }
  return blender;
}

}  // namespace

std::unique_ptr<Command> synthesize_command(CLI::App& parent) {
  auto command = std::make_unique<Command>(
      parent, "synthesize",
      "Graft the masses of a cohort onto its normal mammograms. The result is a cohort with exact "
      "masks; a killed synthesis continues with the same command.");
  auto options = std::make_shared<SynthesizeOptions>();
  auto part = std::make_shared<CohortPart>();
  auto lesions = std::make_shared<LesionPart>();
  auto model = std::make_shared<std::string>();
  auto out = std::make_shared<std::string>();
  part->add_to(command->app(), /*required=*/false);
  lesions->add_to(command->app(), /*with_held_out=*/true);
  command->app().add_option("--model", *model, "blender that grafts")->type_name("MODEL");
  command->app().add_option("--out", *out, "folder of the cohort")->required()->type_name("COHORT");
  command->describe_options(*options);
  command->action([=, &c = *command] {
    if (options->method == "vanilla" && !model->empty()) {
      begin(*out, c.common().force);
      const Cohort cohort = synthesize_vanilla(
          *model, options->synthesis.count, options->synthesis.attempts,
          static_cast<uint64_t>(c.common().seed), c.common().threads, *out, c.progress());
      log_info(fmt::format("{}: {} synthetic images", *out, cohort.images.size()));
      return;
    }
    if (part->cohorts.empty())
      fail(ErrorKind::usage, "--cohort: required, all methods but vanilla graft onto its images");
    const Blender blender = make_method(*options, *model);
    options->synthesis.lesion = blender.lesion;
    options->synthesis.intensity = blender.intensity;
    const LesionsAndBackgrounds cohorts = lesions->read(*part);
    begin(*out, c.common().force);
    const Cohort cohort = synthesize(
        {cohorts.backgrounds, cohorts.lesions, blender.description, blender.patients_hashed},
        *blender.method, options->synthesis, static_cast<uint64_t>(c.common().seed),
        c.common().threads, *out, c.progress());
    log_info(fmt::format("{}: {} synthetic images", *out, cohort.images.size()));
  });
  return command;
}

}  // namespace mammograft
