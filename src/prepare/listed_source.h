// A file of which a release's table says something already.
#pragma once

#include <filesystem>

#include "cohort/cohort.h"

namespace mammograft {

// Size and what the header says go into the record (prepare/source_pixels.h); of a picture only the
// size. Where the header contradicts the side or view of the record the table is believed, and
// `acquisition` gets a warning. Throws as read_source_header() does.
void describe_listed(const std::filesystem::path& file, ImageRecord& record);

}  // namespace mammograft
