// A file of which a release's table says something already.
#pragma once

#include "prepare/import_plan.h"

namespace mammograft {

// Size and what the header of the image's file says go into its record (prepare/source_pixels.h);
// of a picture only the size. Where the header contradicts the side or view of the record the table
// is believed, and `acquisition` gets a warning. Throws as read_source_header() does.
void describe_listed(SourceImage& image);

}  // namespace mammograft
