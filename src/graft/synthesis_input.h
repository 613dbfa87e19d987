// What grafts are made of.
#pragma once

#include <cstddef>
#include <optional>

#include "cohort/cohort.h"
#include "cohort/patient_set.h"
#include "core/json.h"
#include "graft/drawn_often.h"

namespace mammograft {

struct SynthesisInput {
  const Cohort& backgrounds;
  const Cohort& lesions;
  Json made_with = Json::object();  // the model, for cohort.info
  PatientSet patients_hashed = {};  // from whom the model learnt
  bool measured = true;             // whether images say how much of what they show
  size_t cache_bytes = 0;           // for backgrounds that are kept in memory (BackgroundCache)
  std::optional<int> threads = {};  // that make images; none: the context's, which read lesions
  DrawnOften often = {};            // not with views both
};

}  // namespace mammograft
