// What int8 needs to know of a detector's maps, learnt from images and kept in a file. No torch in
// this header.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cohort/patient_set.h"
#include "core/progress.h"
#include "detect/search_item.h"
#include "nn/conv_plan.h"

namespace mammograft {

struct Int8Calibration {
  std::string model;           // hash_hex() of the detector's file
  int64_t images = 0;          // that were looked at
  PatientSet patients_hashed;  // those whom the cohorts name
  ActivationRanges ranges;
};

// Runs the detector in fp32 over all items, on `threads` of OpenVINO's (0: all cores).
// `patients_hashed` is left to the caller, who knows them. Throws as Detector::load; usage error in
// a build without OpenVINO.
Int8Calibration calibrate_int8(const std::filesystem::path& model,
                               const std::vector<SearchItem>& items, int threads,
                               Progress& progress);

// JSON (docs/formats.md), written atomically.
void write_calibration(const std::filesystem::path& path, const Int8Calibration& calibration);
// bad_input: not a calibration, or one of another detector than the file `model`.
Int8Calibration read_calibration(const std::filesystem::path& path,
                                 const std::filesystem::path& model);

}  // namespace mammograft
