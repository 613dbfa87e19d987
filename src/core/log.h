// Messages for people, on stderr. Progress bars and messages do not tear each other's lines.
#pragma once

#include <string>

namespace mammograft {

enum class LogLevel { quiet, normal };

void set_log_level(LogLevel level);
LogLevel log_level();

void log_info(const std::string& message);     // not shown when quiet
void log_warning(const std::string& message);  // always shown, "warning: ..."
void log_error(const std::string& message);    // always shown, "error: ..."

}  // namespace mammograft
