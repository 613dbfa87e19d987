// Names of images that stay in a cohort's folder, which may be copied and handed on.
#pragma once

#include <filesystem>

namespace mammograft {

// The name in its normal form. Throws bad_input for one that leads out of the folder.
std::filesystem::path inner_name(const std::filesystem::path& relative);

}  // namespace mammograft
