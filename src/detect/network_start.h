// What a network begins its training as: anchors, and the weights of a file.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cohort/patient_set.h"
#include "detect/detection_network.h"
#include "detect/training_options.h"
#include "detect/training_set.h"

namespace mammograft {

// The options' anchors, shrunk along with the image where they are those of `light`, or fitted to
// the set's boxes (options.anchor_choice). Says how many masses they cover.
AnchorOptions choose_anchors(const DetectorTrainingOptions& options, const TrainingSet& set);

struct NetworkStart {
  std::vector<std::string> fresh;  // names of the tensors that no file initialised
  PatientSet patients;             // from whom the file has learnt: their images are leaks too
};

// Copies into `network` what fits of `file`, the one that `init` (as in the options) names; nothing
// for "random". bad_input: no tensor fits.
NetworkStart start_network(const std::string& init, const std::filesystem::path& file,
                           DetectionNetwork& network);

}  // namespace mammograft
