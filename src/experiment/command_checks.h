// Options of this program's commands as a plan holds them, checked as the commands check them
// before they read anything: what one of them would refuse hours later is refused when it is
// planned.
#pragma once

#include <string>

#include "core/json.h"

namespace mammograft {

// Tables with all that decides, the method and what the plan says for all arms too. All throw
// bad_input naming `where`, and the option as the command calls it.
void check_blender(const Json& table, const std::string& where);
void check_synthesis(const Json& table, const std::string& where);
void check_detector(const Json& table, const std::string& where);
void check_evaluation(const Json& table, const std::string& where);
// Of detectors that the plan makes, which have learnt nothing of what their scores are worth.
void check_detection(const Json& table, const std::string& where);

}  // namespace mammograft
