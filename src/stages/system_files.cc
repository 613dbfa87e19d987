#include "stages/system_files.h"

#include "core/error.h"

namespace mammograft {

SystemFiles system_files(const std::string& text) {
  const size_t equals = text.find('=');
  SystemFiles result{text.substr(0, equals), {}};
  for (size_t at = equals; at < text.size();) {  // at an equals sign or a comma
    const size_t end = std::min(text.find(',', at + 1), text.size());
    if (end > at + 1) result.files.emplace_back(text.substr(at + 1, end - at - 1));
    at = end;
  }
  if (equals == std::string::npos || result.system.empty() || result.files.empty())
    fail(ErrorKind::usage, "system: found \"{}\", expected NAME=FILE or NAME=FILE,FILE,...", text);
  return result;
}

}  // namespace mammograft
