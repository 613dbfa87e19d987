// Training the vanilla GAN, and images from it. No torch in this header.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "blend/blender_training_options.h"
#include "blend/train_blender.h"
#include "cohort/cohort.h"
#include "core/progress.h"

namespace mammograft {

// Learns whole mammograms with a mass from the images of `cohort` that have one. Of the options it
// heeds steps, batch, learning rates, optimiser, average, jitter, spectral norm and `vanilla`. The
// last state is kept: there is no lesion against which a better one could be measured.
BlenderRun train_vanilla(const Cohort& cohort, const BlenderTrainingOptions& options, uint64_t seed,
                         int threads, const std::string& device, const std::filesystem::path& run,
                         Progress& progress);

// A cohort of `count` images in `out`. Images whose mask is empty are made anew from other noise,
// and listed when `attempts` times were not enough; bad_input when none has a mass, or the file is
// no vanilla GAN.
Cohort synthesize_vanilla(const std::filesystem::path& model, int64_t count, int64_t attempts,
                          uint64_t seed, int threads, const std::filesystem::path& out,
                          Progress& progress);

}  // namespace mammograft
