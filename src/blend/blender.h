// Grafting with a trained generator. No torch in this header.
#pragma once

#include <filesystem>
#include <memory>

#include "cohort/patient_set.h"
#include "core/json.h"
#include "graft/graft_method.h"

namespace mammograft {

struct Blender {
  std::unique_ptr<GraftMethod> method;  // "blend" or "noprior", as it was trained
  PatientSet patients_hashed;           // from whom it learnt
  LesionBankOptions lesion;             // as in its training; a graft must not differ
  IntensityOptions intensity;
  Json description = Json::object();  // file, hash, options: for provenance
};

// The network works on its own grid; its residual is brought to the image's grid and faded in
// there, so pixels outside omega stay as they are whatever that grid is.
// Throws io, or bad_input when the file is no blender.
Blender open_blender(const std::filesystem::path& path);

}  // namespace mammograft
