#include "graft/synthesize.h"

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

std::unique_ptr<GraftMethod> make_method(const SynthesizeOptions& options,
                                         const std::string& model) {
  const bool needs_model =
      options.method == "blend" || options.method == "noprior" || options.method == "vanilla";
  if (needs_model && model.empty()) {
    fail(ErrorKind::usage, "--method {} needs a --model (mammograft train blender makes one)",
         options.method);
  }
  if (!needs_model && !model.empty())
    fail(ErrorKind::usage, "--method {}: found a --model, expected none", options.method);
  if (options.method == "paste") return make_paste();
  return make_poisson(options.pie);
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
  part->add_to(command->app(), /*required=*/true);
  lesions->add_to(command->app());
  command->app().add_option("--model", *model, "blender that grafts")->type_name("MODEL");
  command->app().add_option("--out", *out, "folder of the cohort")->required()->type_name("COHORT");
  command->describe_options(*options);
  command->action([=, &c = *command] {
    const std::unique_ptr<GraftMethod> method = make_method(*options, *model);
    const LesionsAndBackgrounds cohorts = lesions->read(*part);
    begin(*out, c.common().force);
    const Cohort cohort = synthesize(
        {cohorts.backgrounds, cohorts.lesions, Json::object(), {}}, *method, options->synthesis,
        static_cast<uint64_t>(c.common().seed), c.common().threads, *out, c.progress());
    log_info(fmt::format("{}: {} synthetic images", *out, cohort.images.size()));
  });
  return command;
}

}  // namespace mammograft
