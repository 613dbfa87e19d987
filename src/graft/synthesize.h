// Synthetic images: lesions of one cohort grafted onto backgrounds of another, or of the same, or
// what a network makes of nothing.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "cohort/cohort.h"
#include "core/options.h"
#include "core/run_context.h"
#include "graft/graft_maker.h"
#include "graft/image_maker.h"
#include "graft/synthesis_options.h"

namespace mammograft {

// The images that a synthesis by one of the methods left in `out`: paths from there on.
std::vector<std::string> synthetic_images_in(const std::filesystem::path& out,
                                             const std::vector<std::string>& methods);

// check(), and of the count too. Throws usage.
void check_count(const SynthesisOptions& options);

// Makes a cohort of options.count images in `out`; image i depends on the seed and i alone. What
// could not be made is listed in cohort.info; bad_input when nothing could.
// A killed synthesis continues: images that are there already stay; usage error when they were
// begun with another description().
Cohort synthesize(ImageMaker& maker, const SynthesisOptions& options,
                  const std::filesystem::path& out, const RunContext& context);

// Grafts: each image has one graft and the exact mask of its finding (and the findings that the
// background had), and the provenance of both patients in `source`.
Cohort synthesize(const SynthesisInput& input, GraftMethod& method, const SynthesisOptions& options,
                  const std::filesystem::path& out, const RunContext& context);

}  // namespace mammograft
