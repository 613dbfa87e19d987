// Files of a family that differ by a number: "step-000100.png", "model-0.5.safetensors".
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace mammograft {

// The names in a folder that are `prefix`, a number and `suffix`, sorted; none where there is no
// folder.
std::vector<std::string> numbered_files(const std::filesystem::path& folder,
                                        const std::string& prefix, const std::string& suffix);

}  // namespace mammograft
