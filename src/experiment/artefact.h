// One file or cohort, asked whose data stand behind it.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cohort/patient_set.h"

namespace mammograft {

struct Artefact {
  // A patient who is named, and how what is of him came into it: "lesion 17 of mias", "graft 88 of
  // grafts". The first for each.
  std::map<std::string, std::vector<std::string>> named;
  PatientSet hashed;    // from whom a network, a calibration or operating points behind it learnt
  std::string through;  // of these, where that is not the artefact as a whole: "operating points"
  PatientSet points;    // from whom operating points learnt
  PatientSet grafts;    // of whom something was grafted while a detector learnt

  size_t patients() const;  // behind it
  // How a patient stands behind it, from the patient on, without what it is itself called; nothing
  // where he does not.
  std::optional<std::vector<std::string>> how(const std::string& patient) const;
};

// What stands there: a cohort's folder, a model's safetensors, detections.json with its meta file,
// a JSON file with patients_hashed. Of a cohort synthetic images count: a real one is no artefact
// of anybody, it is there to be cut by fold. `shown` is what it is called in words, `lesions` where
// its lesions are from. Anything else, weights of others among it, has nobody behind it. Throws io,
// bad_input.
Artefact read_artefact(const std::filesystem::path& path, const std::string& shown,
                       const std::string& lesions);

}  // namespace mammograft
