// Images with one graft each.
#pragma once

#include <memory>

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
};

// Lesions and backgrounds are gone through in a fresh random order each round. Reads the lesions at
// once; cohorts and method must outlive the maker. bad_input: no lesion, or nothing to graft onto.
std::unique_ptr<ImageMaker> make_grafts(const SynthesisInput& input, GraftMethod& method,
                                        const SynthesisOptions& options, const RunContext& context);

}  // namespace mammograft
