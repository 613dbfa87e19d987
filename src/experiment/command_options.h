// Options of this program's commands as a plan holds them, checked against what the commands say of
// themselves, as command lines.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/json.h"

namespace mammograft {

// All throw bad_input naming `where` and the option: unknown, or a value that it cannot have.
std::vector<std::string> blender_flags(const Json& table, const std::string& where);
std::vector<std::string> synthesis_flags(const Json& table, const std::string& where);
// Of synthesize, as train detector --graft-online takes them.
std::vector<std::string> online_graft_flags(const Json& table, const std::string& where);
std::vector<std::string> detector_flags(const Json& table, const std::string& where);
std::vector<std::string> detect_flags(const Json& table, const std::string& where);
std::vector<std::string> evaluate_flags(const Json& table, const std::string& where);

// Files among the options of a command that makes a cohort, taken out of `table`: flag and path.
std::vector<std::pair<std::string, std::string>> take_files(Json& table);

// The file that `init` of train detector names; none: imagenet, random.
std::optional<std::string> detector_start(const Json& table);

// Of a command that makes a cohort: "phantom", "prepare mias", … bad_input for another one.
std::vector<std::string> cohort_flags(const std::string& command, const Json& table,
                                      const std::string& where);

// A table, taken out of `table`; empty where there is none. Throws bad_input for what is no table.
Json take_table(Json& table, const std::string& key, const std::string& where);

// What a plan says of all its tasks. Throws bad_input for less than 1.
void check_resources(const std::string& file, int threads, int memory_mb);

}  // namespace mammograft
