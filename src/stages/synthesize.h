// Grafts of a cohort's masses onto its normal mammograms, as a cohort.
#pragma once

#include <set>
#include <string>

#include "blend/blender.h"
#include "graft/synthesize.h"
#include "stages/lesion_part.h"
#include "stages/mistakes.h"
#include "stages/stage.h"

namespace mammograft {

inline const std::vector<std::string>& graft_methods() {
  static const std::vector<std::string> names = {"blend",   "fuse",    "pie",
                                                 "noprior", "vanilla", "paste"};
  return names;
}
inline bool needs_model(const std::string& method) {
  return method == "blend" || method == "noprior" || method == "vanilla";
}

struct SynthesizeStageOptions {
  std::string method = "blend";
  SynthesisOptions synthesis;
  PoissonOptions pie;
  FuseOptions fuse;
  template <typename V>
  void fields(V&& v) {
    v.choice("method", method, {"blend", "fuse", "pie", "noprior", "vanilla", "paste"},
             "blend, noprior and vanilla need a --model; fuse: lesion and background in bands, "
             "each from where it is salient; pie: Poisson editing; paste: plain paste");
    synthesis.fields(v);
    v.group("pie", pie);
    v.group("fuse", fuse);
  }
};

// And what only grafts know that are made before a training, not beside it.
struct SecondRoundOptions : SynthesizeStageOptions {
  MistakesOptions mistakes;
  template <typename V>
  void fields(V&& v) {
    SynthesizeStageOptions::fields(v);
    v.group("mistakes", mistakes);
  }
};

class SynthesizeStage : public Stage {
 public:
  SecondRoundOptions synthesis;
  CohortPart part;
  LesionPart lesions;
  fs::path model;                  // of the methods that need one
  std::vector<fs::path> mistaken;  // detections in the cohort, by those whose mistakes count
  std::set<std::string> given;     // which options were given a value: "lesion.dilation_mm"
  fs::path out;

  std::string name() const override { return "synthesize"; }
  Output output() const override { return {out, "cohort.json"}; }
  std::vector<fs::path> inputs() const override;
  Json options() const override;
  void check() const override;
  std::vector<std::string> unfinished() const override;
  void run(const RunContext& context) override;

 private:
  void check_mistakes() const;
  // None where nothing was asked.
  Mistakes mistakes(const Cohort& learnt_from, int threads) const;
};

// How a command line calls the options, and which of them, by their names here, it gave a value.
struct SynthesizeFlags {
  std::string method = "--method", prefix = "--";
  std::set<std::string> given = {};
};

// Throws usage: a model is wanted and missing, or not wanted and there; options that the method
// cannot heed.
void check_method(const SynthesizeStageOptions& options, const fs::path& model,
                  const SynthesizeFlags& flags = {});

// The method that the options name, and what a model behind it has to say. Throws usage: a model is
// wanted and missing, not wanted and there, or made for another method.
Blender make_method(const SynthesizeStageOptions& options, const fs::path& model,
                    const SynthesizeFlags& flags = {});

// With the region and the grey levels that the method's network learnt with. Throws usage for one
// that was asked for and that the network does not know: that is not the usual one, or was given.
SynthesisOptions as_learnt(const SynthesisOptions& options, const Blender& blender,
                           const SynthesizeFlags& flags = {});

}  // namespace mammograft
