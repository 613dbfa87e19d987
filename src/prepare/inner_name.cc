#include "prepare/inner_name.h"

#include "core/error.h"

namespace mammograft {

std::filesystem::path inner_name(const std::filesystem::path& relative) {
  std::filesystem::path name = relative.lexically_normal();
  if (name.is_absolute() || name.empty() || *name.begin() == "..") {
    fail(ErrorKind::bad_input, "{}: expected a file name inside the folder of images",
         relative.string());
  }
  return name;
}

}  // namespace mammograft
