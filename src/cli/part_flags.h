// The flags that say which cohorts, and which part of them, a stage works on.
#pragma once

#include <CLI/CLI.hpp>

#include "stages/cohort_part.h"
#include "stages/lesion_part.h"
#include "stages/online_grafts.h"

namespace mammograft {

void add_part(CLI::App& app, CohortPart& part, bool required);
void add_online_grafts(CLI::App& app, OnlineGraftPart& grafts);
void add_lesions(CLI::App& app, LesionPart& lesions, bool with_held_out);

}  // namespace mammograft
