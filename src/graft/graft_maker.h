// Images with one graft each; with options.views both a lesion is grafted into the two views of a
// breast, images 2 k (CC) and 2 k + 1 (MLO).
#pragma once

#include <memory>
#include <optional>

#include "cohort/cohort.h"
#include "cohort/patient_set.h"
#include "core/json.h"
#include "core/run_context.h"
#include "graft/graft_method.h"
#include "graft/image_maker.h"
#include "graft/synthesis_options.h"

namespace mammograft {

struct SynthesisInput {
  const Cohort& backgrounds;
  const Cohort& lesions;
  Json made_with = Json::object();  // the model, for cohort.info
  PatientSet patients_hashed;       // from whom the model learnt
  bool measured = true;             // whether images say how much of what they show
  size_t cache_bytes = 0;           // for backgrounds that are kept in memory (BackgroundCache)
  std::optional<int> threads = {};  // that make images; none: the context's, which read lesions
};

// As GraftPlanner plans them, with its errors; cohorts and method must outlive the maker.
std::unique_ptr<ImageMaker> make_grafts(const SynthesisInput& input, GraftMethod& method,
                                        const SynthesisOptions& options, const RunContext& context);

}  // namespace mammograft
