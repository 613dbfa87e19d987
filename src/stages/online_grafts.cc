#include "stages/online_grafts.h"

#include <algorithm>

#include "blend/vanilla_maker.h"
#include "cohort/annotation_index.h"
#include "cohort/fingerprint.h"
#include "cohort/patients.h"
#include "graft/background.h"
#include "graft/graft_maker.h"
#include "image/value_bits.h"

namespace mammograft {
namespace {

const SynthesizeFlags kFlags{"--graft-online", "--graft-"};

// As it would be read from a cohort's file.
FreshImage as_read(MadeImage image) {
  FreshImage fresh;
  if (!image.made) {
    fresh.failure = image.failures.empty() ? "no reason is known" : listed(image.failures);
    return fresh;
  }
  fresh.pixels = to_full_scale(image.pixels, image.record.acquisition.value("value_bits", 16));
  fresh.record = std::move(image.record);
  fresh.annotations = std::move(image.annotations);
  return fresh;
}

class MakerSource : public GraftSource {
 public:
  std::array<FreshImage, 2> make_two(int64_t first) override {
    std::vector<MadeImage> made = maker().make(first, std::vector<Json>(2));
    if (made[1].failures.empty()) made[1].failures = made[0].failures;  // of a pair told once
    return {as_read(std::move(made[0])), as_read(std::move(made[1]))};
  }
  std::string method() const override { return maker().method(); }

 protected:
  virtual ImageMaker& maker() const = 0;
};

class VanillaSource : public MakerSource {
 public:
  explicit VanillaSource(std::shared_ptr<ImageMaker> maker) : maker_(std::move(maker)) {}
  PatientSet patients() const override { return maker_->patients(); }
  bool drawn_outlines() const override { return true; }

 private:
  ImageMaker& maker() const override { return *maker_; }
  std::shared_ptr<ImageMaker> maker_;
};

class PlacedSource : public MakerSource {
 public:
  PlacedSource(std::shared_ptr<const Blender> blender, LesionsAndBackgrounds cohorts,
               const SynthesisOptions& options, size_t cache_bytes, const RunContext& context)
      : blender_(std::move(blender)),
        cohorts_(std::move(cohorts)),
        options_(options),
        maker_(make_grafts({.backgrounds = cohorts_.backgrounds,
                            .lesions = cohorts_.lesions,
                            .made_with = blender_->description,
                            .patients_hashed = blender_->patients_hashed,
                            .measured = false,
                            .cache_bytes = cache_bytes,
                            .threads = 1},
                           *blender_->method, options_, context)) {}

  PatientSet patients() const override {
    PatientSet all = maker_->patients();
    all.merge(learnt_from(cohorts_.backgrounds));
    all.merge(learnt_from(cohorts_.lesions));
    for (const size_t i : usable_backgrounds(cohorts_.backgrounds, options_.placement))
      all.merge(PatientSet::of(patients_of(cohorts_.backgrounds.images[i])));
    const AnnotationIndex findings(cohorts_.lesions);
    for (const ImageRecord& image : cohorts_.lesions.images) {
      if (findings.any(image.id)) all.merge(PatientSet::of(patients_of(image)));
    }
    return all;
  }
  bool drawn_outlines() const override {
    const std::vector<Annotation>& all = cohorts_.lesions.annotations;
    return std::any_of(all.begin(), all.end(), [](const Annotation& annotation) {
      return annotation.mask_origin == MaskOrigin::contour && !annotation.ignore;
    });
  }

 private:
  ImageMaker& maker() const override { return *maker_; }
  std::shared_ptr<const Blender> blender_;
  const LesionsAndBackgrounds cohorts_;
  const SynthesisOptions options_;
  std::unique_ptr<ImageMaker> maker_;
};

Cohort without(const Cohort& cohort, const std::set<std::string>& withheld) {
  return filter(cohort, [&](const ImageRecord& image) {
    const std::vector<std::string> patients = patients_of(image);
    return std::none_of(patients.begin(), patients.end(),
                        [&](const std::string& one) { return withheld.contains(one); });
  });
}

SynthesizeStageOptions grafting(const OnlineGraftOptions& options) {
  SynthesizeStageOptions all = options.grafting;
  all.method = options.online;
  return all;
}

GraftSupply vanilla_images(const OnlineGraftOptions& options, const OnlineGraftPart& part,
                           const CohortPart& learnt, RunContext context) {
  context.threads = 1;
  const std::shared_ptr<ImageMaker> maker =
      open_vanilla(part.model, options.grafting.synthesis, context);
  refuse_held_out(maker->patients(), part.model, learnt);
  return {part.selection(options), [maker](const Cohort&, const std::set<std::string>&) {
            return std::make_unique<VanillaSource>(maker);
          }};
}

GraftSupply placed_grafts(const OnlineGraftOptions& options, const OnlineGraftPart& part,
                          const CohortPart& learnt, const RunContext& context) {
  const auto blender =
      std::make_shared<const Blender>(make_method(grafting(options), part.model, kFlags));
  refuse_held_out(blender->patients_hashed, part.model, learnt);
  SynthesizeFlags flags = kFlags;
  flags.given = part.given;
  const SynthesisOptions resolved = as_learnt(options.grafting.synthesis, *blender, flags);
  GraftSupply supply{part.selection(options), {}};
  std::optional<Cohort> backgrounds, lesions;
  if (!part.backgrounds.empty()) {
    backgrounds = part.backgrounds_part(learnt).training();
    supply.description["backgrounds"] = fingerprint(*backgrounds);
  }
  if (!part.lesions.cohorts.empty()) {
    lesions = part.lesions.read(learnt).lesions;
    supply.description["lesions"] = fingerprint(*lesions);
  }
  const size_t cache_bytes = static_cast<size_t>(options.cache_mb) << 20;
  supply.open = [=](const Cohort& training, const std::set<std::string>& withheld) {
    LesionsAndBackgrounds cohorts{backgrounds ? without(*backgrounds, withheld) : training,
                                  lesions ? without(*lesions, withheld) : training};
    warn_of_devices(cohorts, resolved.intensity, kFlags.prefix + "intensity-range");
    return std::make_unique<PlacedSource>(blender, std::move(cohorts), resolved, cache_bytes,
                                          context);
  };
  return supply;
}

}  // namespace

CohortPart OnlineGraftPart::backgrounds_part(const CohortPart& learnt) const {
  if (backgrounds.empty()) return learnt;
  return {backgrounds, learnt.folds, learnt.fold, backgrounds_split};
}

void OnlineGraftPart::check(const OnlineGraftOptions& options, const CohortPart& learnt) const {
  const bool given = !model.empty() || !lesions.cohorts.empty() || !backgrounds.empty();
  if (!options.wanted() && given) {
    fail(ErrorKind::usage,
         "--graft-model, --graft-lesions, --graft-backgrounds: expected --graft-online with them");
  }
  lesions.check(learnt);
  if (backgrounds.empty() && !backgrounds_split.empty())
    fail(ErrorKind::usage, "--graft-backgrounds-split: expected --graft-backgrounds with it");
  if (options.cache_mb < 0)
    fail(ErrorKind::usage, "--graft-cache-mb: found {}, expected 0 or more", options.cache_mb);
  if (options.wanted()) check_method(grafting(options), model, kFlags);
}

std::vector<fs::path> OnlineGraftPart::inputs() const {
  std::vector<fs::path> paths(lesions.cohorts.begin(), lesions.cohorts.end());
  paths.insert(paths.end(), backgrounds.begin(), backgrounds.end());
  if (!model.empty()) paths.push_back(model);
  return paths;
}

Json OnlineGraftPart::selection(const OnlineGraftOptions& options) const {
  Json json = to_json(options);
  json.erase("cache_mb");
  // Of all inputs, which are these.
  json["lesions_cohorts"] = lesions.cohorts.size();
  json["backgrounds_cohorts"] = backgrounds.size();
  json["lesions_split"] = lesions.split;
  json["backgrounds_split"] = backgrounds_split;
  return json;
}

GraftSupply online_grafts(const OnlineGraftOptions& options, const OnlineGraftPart& part,
                          const CohortPart& learnt, const RunContext& context) {
  part.check(options, learnt);
  GraftSupply supply = options.online == "vanilla" ? vanilla_images(options, part, learnt, context)
                                                   : placed_grafts(options, part, learnt, context);
  if (!part.model.empty()) supply.description["model_hash"] = hash_hex(read_file(part.model));
  return supply;
}

}  // namespace mammograft
