// Plans to start from: the files of configs/experiment/, compiled in.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mammograft {

namespace assets {
extern const std::string_view paper_toml, cpu_toml, smoke_toml, archive_toml;
}  // namespace assets

std::vector<std::string> plan_presets();

// The text of a plan with comments. Throws usage for a name that is none.
std::string plan_preset(const std::string& name);

}  // namespace mammograft
