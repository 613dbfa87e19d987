// Images with one graft each; with options.views both a lesion is grafted into the two views of a
// breast, images 2 k (CC) and 2 k + 1 (MLO).
#pragma once

#include <memory>

#include "core/run_context.h"
#include "graft/graft_method.h"
#include "graft/image_maker.h"
#include "graft/synthesis_input.h"
#include "graft/synthesis_options.h"

namespace mammograft {

// As GraftPlanner plans them, with its errors; cohorts and method must outlive the maker.
std::unique_ptr<ImageMaker> make_grafts(const SynthesisInput& input, GraftMethod& method,
                                        const SynthesisOptions& options, const RunContext& context);

}  // namespace mammograft
