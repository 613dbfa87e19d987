// Synthetic images: lesions of one cohort grafted onto backgrounds of another, or of the same.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "cohort/cohort.h"
#include "cohort/patient_set.h"
#include "core/json.h"
#include "core/options.h"
#include "core/progress.h"
#include "graft/graft_method.h"
#include "graft/lesion_bank.h"
#include "graft/placement.h"

namespace mammograft {

struct SynthesisOptions {
  int64_t count = 200;
  int64_t attempts = 20;
  std::vector<double> mm_per_px;
  LesionBankOptions lesion;
  PlacementOptions placement;
  IntensityOptions intensity;
  template <typename V>
  void fields(V&& v) {
    v("count", count, "synthetic images to make");
    v("attempts", attempts, "pairs of lesion and background to try for an image before giving up");
    v("mm_per_px", mm_per_px,
      "pixel size of images that do not state theirs: one value, or row and column");
    v.group("lesion", lesion);
    v.group("placement", placement);
    v.group("intensity", intensity);
  }
};

struct SynthesisInput {
  const Cohort& backgrounds;
  const Cohort& lesions;
  Json made_with = Json::object();  // the model, for cohort.info
  PatientSet patients_hashed;       // from whom the model learnt
};

// Makes a cohort in `out`: images, each with one graft and the exact mask of its finding (and the
// findings that the background had), and the provenance of both patients in `source`. Lesions and
// backgrounds are gone through in a fresh random order each round; image i depends on the seed and
// i alone. What could not be made is listed in cohort.info; bad_input when nothing could.
// A killed synthesis continues: images that are there already stay; usage error when they were
// begun with other options, another seed or other cohorts.
Cohort synthesize(const SynthesisInput& input, GraftMethod& method, const SynthesisOptions& options,
                  uint64_t seed, int threads, const std::filesystem::path& out, Progress& progress);

}  // namespace mammograft
