// Whole images with a mass from a trained vanilla GAN. No torch in this header.
#pragma once

#include <filesystem>
#include <memory>

#include "core/run_context.h"
#include "graft/image_maker.h"
#include "graft/synthesis_options.h"

namespace mammograft {

// Heeds count and attempts of the options: an image whose mask is empty is made anew, from other
// noise, so many times. Throws io, or bad_input when the file is no vanilla GAN.
std::unique_ptr<ImageMaker> open_vanilla(const std::filesystem::path& model,
                                         const SynthesisOptions& options,
                                         const RunContext& context);

}  // namespace mammograft
