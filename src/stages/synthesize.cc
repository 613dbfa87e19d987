#include "stages/synthesize.h"

#include "blend/vanilla_maker.h"
#include "core/log.h"

namespace mammograft {
namespace {

bool needs_model(const std::string& method) {
  return method == "blend" || method == "noprior" || method == "vanilla";
}

void check_model(const std::string& method, const fs::path& model, const SynthesizeFlags& flags) {
  if (needs_model(method) && model.empty()) {
    fail(ErrorKind::usage, "{} {} needs a {}model (mammograft train blender makes one)",
         flags.method, method, flags.prefix);
  }
  if (!needs_model(method) && !model.empty())
    fail(ErrorKind::usage, "{} {}: found a {}model, expected none", flags.method, method,
         flags.prefix);
}

void check_vanilla(const SynthesisOptions& options, const SynthesizeFlags& flags) {
  const PlacementOptions& placement = options.placement;
  if (options.views == "both") {
    fail(ErrorKind::usage,
         "{}views both: expected one with {} vanilla, which knows of no breast's other view",
         flags.prefix, flags.method);
  }
  if (!placement.weighs()) return;
  fail(ErrorKind::usage,
       "{0}placement-prior {1}, {0}placement-tissue {2}: expected uniform and any with {3} "
       "vanilla, which makes whole images and places no mass",
       flags.prefix, placement.prior, placement.tissue, flags.method);
}

std::unique_ptr<GraftMethod> plain_method(const SynthesizeStageOptions& options) {
  if (options.method == "paste") return make_paste();
  if (options.method == "fuse") return make_fuse(options.fuse);
  return make_poisson(options.pie);
}

}  // namespace

void check_method(const SynthesizeStageOptions& options, const fs::path& model,
                  const SynthesizeFlags& flags) {
  check_model(options.method, model, flags);
  if (options.method == "vanilla") check_vanilla(options.synthesis, flags);
}

Blender make_method(const SynthesizeStageOptions& options, const fs::path& model,
                    const SynthesizeFlags& flags) {
  check_model(options.method, model, flags);
  if (!needs_model(options.method)) {
    Blender plain;
    plain.method = plain_method(options);
    plain.lesion = options.synthesis.lesion;
    plain.intensity = options.synthesis.intensity;
    return plain;
  }
  Blender blender = open_blender(model);
  if (blender.method->name() != options.method) {
    fail(ErrorKind::usage, "{}: is a model for {} {}, found {} {}", model.string(), flags.method,
         blender.method->name(), flags.method, options.method);
  }
  return blender;
}

std::vector<fs::path> SynthesizeStage::inputs() const {
  std::vector<fs::path> paths = lesions.inputs(part);
  if (!model.empty()) paths.push_back(model);
  return paths;
}

Json SynthesizeStage::options() const {
  Json json = to_json(synthesis);
  json.update(lesions.selection(part));
  return json;
}

void SynthesizeStage::check() const {
  lesions.check(part);
  check_method(synthesis, model);
  if (synthesis.method != "vanilla" && part.cohorts.empty())
    fail(ErrorKind::usage, "--cohort: required, all methods but vanilla graft onto its images");
}

void SynthesizeStage::run(const RunContext& context) {
  SynthesisOptions resolved = synthesis.synthesis;
  if (synthesis.method == "vanilla") {
    const Cohort made =
        mammograft::synthesize(*open_vanilla(model, resolved, context), resolved, out, context);
    log_info(fmt::format("{}: {} synthetic images", out.string(), made.images.size()));
    return;
  }
  const Blender blender = make_method(synthesis, model);
  resolved.lesion = blender.lesion;
  resolved.intensity = blender.intensity;
  const LesionsAndBackgrounds cohorts = lesions.read(part);
  const Cohort made = mammograft::synthesize(
      {cohorts.backgrounds, cohorts.lesions, blender.description, blender.patients_hashed},
      *blender.method, resolved, out, context);
  log_info(fmt::format("{}: {} synthetic images", out.string(), made.images.size()));
}

}  // namespace mammograft
