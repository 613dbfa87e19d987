#include "nn/memory_error.h"

#include <c10/util/Exception.h>

#include <string_view>

namespace mammograft {

bool is_out_of_memory(const std::exception& error) {
  if (dynamic_cast<const c10::OutOfMemoryError*>(&error) != nullptr) return true;
  // The allocator of the CPU throws no kind of its own.
  const auto* torch = dynamic_cast<const c10::Error*>(&error);
  return torch != nullptr &&
         std::string_view(torch->what_without_backtrace()).find("can't allocate memory") !=
             std::string_view::npos;
}

}  // namespace mammograft
