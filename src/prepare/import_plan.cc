#include "prepare/import_plan.h"

#include "core/log.h"
#include "core/utf8.h"

namespace mammograft {

void skip(Import& import, const std::string& file_name, const std::string& reason) {
  log_warning("skipped: " + reason);
  import.skipped.push_back({readable(file_name), readable(reason)});
}

}  // namespace mammograft
