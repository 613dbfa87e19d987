// Fresh grafts while a detector learns: what `synthesize` makes, in place of a cohort of it.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/run_context.h"
#include "detect/graft_source.h"
#include "stages/cohort_part.h"
#include "stages/lesion_part.h"
#include "stages/synthesize.h"

namespace mammograft {

struct OnlineGraftOptions {
  std::string online = "none";  // or a method
  int cache_mb = 1024;
  SynthesizeStageOptions grafting;  // its method and count mean nothing here
  bool wanted() const { return online != "none"; }
  template <typename V>
  void fields(V&& v) {
    v.choice("online", online, {"none", "blend", "fuse", "pie", "noprior", "vanilla", "paste"},
             "method by which a fresh graft is made for every synthetic draw, in place of a cohort "
             "of grafts; blend, noprior and vanilla need a --graft-model. The options below are "
             "those of synthesize");
    v("cache_mb", cache_mb,
      "memory for backgrounds that are kept decoded between their draws, in MB (4 bytes a pixel)");
    grafting.synthesis.fields_of_an_image(v);
    v.group("pie", grafting.pie);
    v.group("fuse", grafting.fuse);
  }
};

// What they are made of.
struct OnlineGraftPart {
  OnlineGraftPart() { lesions.flag = "--graft-lesions"; }
  LesionPart lesions;                    // no cohorts: those of what is learnt from
  std::vector<std::string> backgrounds;  // no cohorts: what is learnt from
  std::string backgrounds_split;
  fs::path model;               // of the methods that need one
  std::set<std::string> given;  // which options were given a value: "lesion.dilation_mm"

  // `learnt`: what the detector learns from, whose held-out fold holds for lesions and backgrounds
  // too. Throws usage for what does not go together.
  void check(const OnlineGraftOptions& options, const CohortPart& learnt) const;
  std::vector<fs::path> inputs() const;  // beside those of what is learnt from
  // Every option that decides the result.
  Json selection(const OnlineGraftOptions& options) const;
  // Where the backgrounds are from.
  CohortPart backgrounds_part(const CohortPart& learnt) const;
};

// Image number i is the one that `synthesize` makes with the same seed, but for patients withheld.
// bad_input: a model that learnt from a patient of the held-out fold; and as of GraftPlanner.
GraftSupply online_grafts(const OnlineGraftOptions& options, const OnlineGraftPart& part,
                          const CohortPart& learnt, const RunContext& context);

}  // namespace mammograft
