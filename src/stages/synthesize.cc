#include "stages/synthesize.h"

#include "blend/vanilla_maker.h"
#include "cohort/patients.h"
#include "core/log.h"

namespace mammograft {
namespace {

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
  if (options.conspicuity.aim != "free") {
    fail(ErrorKind::usage,
         "{}conspicuity {}: expected free with {} vanilla, which has no lesion to bring out",
         flags.prefix, options.conspicuity.aim, flags.method);
  }
  if (options.lesion.outlines != "any") {
    fail(ErrorKind::usage,
         "{}lesion-outlines {}: expected any with {} vanilla, which grafts no lesion", flags.prefix,
         options.lesion.outlines, flags.method);
  }
  if (!placement.weighs()) return;
  fail(ErrorKind::usage,
       "{0}placement-prior {1}, {0}placement-tissue {2}: expected uniform and any with {3} "
       "vanilla, which makes whole images and places no mass",
       flags.prefix, placement.prior, placement.tissue, flags.method);
}

// --held-out is for grafts of nobody whom the blender knows; the folds may not know everybody.
void refuse_learnt(const Cohort& cohort, const PatientSet& learnt, const fs::path& model) {
  for (const ImageRecord& image : cohort.images) {
    for (const std::string& patient : patients_of(image)) {
      if (!learnt.contains(patient)) continue;
      fail(ErrorKind::bad_input,
           "{}: learnt from patient {} of {}, expected one that knows nobody with --held-out",
           model.string(), patient, cohort.folder.string());
    }
  }
}

// A method without a network, and what it was told.
Blender plain_method(const SynthesizeStageOptions& options) {
  Blender plain;
  if (options.method == "paste") {
    plain.method = make_paste();
  } else if (options.method == "fuse") {
    plain.method = make_fuse(options.fuse);
    plain.description["options"] = to_json(options.fuse);
  } else {
    plain.method = make_poisson(options.pie);
    plain.description["options"] = to_json(options.pie);
  }
  plain.lesion = options.synthesis.lesion;
  plain.intensity = options.synthesis.intensity;
  return plain;
}

}  // namespace

void check_method(const SynthesizeStageOptions& options, const fs::path& model,
                  const SynthesizeFlags& flags) {
  check(options.synthesis);
  check(options.pie);
  check(options.fuse);
  check_model(options.method, model, flags);
  if (options.method == "vanilla") check_vanilla(options.synthesis, flags);
}

Blender make_method(const SynthesizeStageOptions& options, const fs::path& model,
                    const SynthesizeFlags& flags) {
  check_model(options.method, model, flags);
  if (!needs_model(options.method)) return plain_method(options);
  Blender blender = open_blender(model);
  if (blender.method->name() != options.method) {
    fail(ErrorKind::usage, "{}: is a model for {} {}, found {} {}", model.string(), flags.method,
         blender.method->name(), flags.method, options.method);
  }
  return blender;
}

SynthesisOptions as_learnt(const SynthesisOptions& options, const Blender& blender,
                           const SynthesizeFlags& flags) {
  SynthesisOptions resolved = options;
  resolved.lesion = blender.lesion;
  // Which lesions, not how they are cut: fewer may be asked for.
  if (options.lesion.outlines == "known") resolved.lesion.outlines = "known";
  resolved.intensity = blender.intensity;
  const Json usual = to_json(SynthesisOptions{}), asked = to_json(options);
  const Json learnt = to_json(resolved);
  for (const char* group : {"lesion", "intensity"}) {
    for (const auto& [name, value] : asked[group].items()) {
      if (value == learnt[group][name]) continue;
      const bool given = flags.given.contains(fmt::format("{}.{}", group, name));
      if (value == usual[group][name] && !given) continue;
      fail(ErrorKind::usage, "{}{}-{}: found {}, but the blender learnt with {}", flags.prefix,
           group, dashed(name), value.dump(), learnt[group][name].dump());
    }
  }
  return resolved;
}

std::vector<fs::path> SynthesizeStage::inputs() const {
  std::vector<fs::path> paths = lesions.inputs(part);
  if (!model.empty()) paths.push_back(model);
  paths.insert(paths.end(), mistaken.begin(), mistaken.end());
  return paths;
}

Json SynthesizeStage::options() const {
  Json json = to_json(synthesis);
  json.update(lesions.selection(part));
  return json;
}

std::vector<std::string> SynthesizeStage::unfinished() const {
  std::vector<std::string> names = {"synthesis.jsonl"};
  for (std::string& image : synthetic_images_in(out, graft_methods()))
    names.push_back(std::move(image));
  return names;
}

void SynthesizeStage::check() const {
  lesions.check(part);
  check_method(synthesis, model);
  check_count(synthesis.synthesis);
  if (synthesis.method == "vanilla" && lesions.held_out)
    fail(ErrorKind::usage, "--held-out: expected a method that grafts, found --method vanilla");
  if (synthesis.method != "vanilla" && part.cohorts.empty())
    fail(ErrorKind::usage, "--cohort: required, all methods but vanilla graft onto its images");
  check_mistakes();
}

void SynthesizeStage::check_mistakes() const {
  mammograft::check(synthesis.mistakes);
  if (mistaken.empty()) return;
  if (synthesis.method == "vanilla" || synthesis.synthesis.views == "both") {
    fail(ErrorKind::usage,
         "--mistakes: expected a method that grafts, and --views one: found {} and {}",
         synthesis.method, synthesis.synthesis.views);
  }
  if (part.cohorts.size() != 1 || !lesions.cohorts.empty())
    fail(ErrorKind::usage, "--mistakes: expected one --cohort, and lesions of it");
}

Mistakes SynthesizeStage::mistakes(const Cohort& learnt_from, int threads) const {
  if (mistaken.empty()) return {};
  Mistakes found = find_mistakes(mistaken, synthesis.mistakes,
                                 read_joined(part.cohorts, "", "--split"), learnt_from, threads);
  refuse_held_out(found.patients_hashed, mistaken.front(), part);
  return found;
}

void SynthesizeStage::run(const RunContext& context) {
  if (synthesis.method == "vanilla") {
    const std::unique_ptr<ImageMaker> maker = open_vanilla(model, synthesis.synthesis, context);
    refuse_held_out(maker->patients(), model, part);
    const Cohort made = mammograft::synthesize(*maker, synthesis.synthesis, out, context);
    log_info(fmt::format("{}: {} synthetic images", out.string(), made.images.size()));
    return;
  }
  const Blender blender = make_method(synthesis, model);
  const SynthesisOptions resolved = as_learnt(synthesis.synthesis, blender, {.given = given});
  refuse_held_out(blender.patients_hashed, model, part);
  const LesionsAndBackgrounds cohorts = lesions.read(part);
  warn_of_devices(cohorts, resolved.intensity, "--intensity-range");
  if (lesions.held_out) {
    refuse_learnt(cohorts.backgrounds, blender.patients_hashed, model);
    refuse_learnt(cohorts.lesions, blender.patients_hashed, model);
  }
  const Mistakes wrong = mistakes(cohorts.lesions, context.threads);
  SynthesisInput input{cohorts.backgrounds, cohorts.lesions, blender.description,
                       blender.patients_hashed};
  input.patients_hashed.merge(wrong.patients_hashed);
  input.often = wrong.often;
  const Cohort made = mammograft::synthesize(input, *blender.method, resolved, out, context);
  log_info(fmt::format("{}: {} synthetic images", out.string(), made.images.size()));
}

}  // namespace mammograft
