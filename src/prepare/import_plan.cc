#include "prepare/import_plan.h"

#include "core/log.h"
#include "core/utf8.h"

namespace mammograft {

void skip(Import& import, const std::string& file_name, const std::string& reason, int64_t place) {
  log_warning("skipped: " + reason);
  import.skipped.push_back({readable(file_name), readable(reason), place});
}

}  // namespace mammograft
