// What `detect` found in loose files, as it drew it, for a report.
#pragma once

#include <filesystem>

#include "report/html.h"

namespace mammograft {

// `folder`: what `detect --out` made, with overlays. Throws io or bad_input naming what is missing.
Section search_section(const std::filesystem::path& folder);

}  // namespace mammograft
