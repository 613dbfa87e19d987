#include "core/memory.h"

#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace mammograft {

void keep_freed_memory() {
#if defined(__GLIBC__)
  constexpr int kNever = 1 << 30;
  mallopt(M_MMAP_THRESHOLD, kNever);
  mallopt(M_TRIM_THRESHOLD, kNever);
  mallopt(M_TOP_PAD, 1 << 26);
#endif
}

}  // namespace mammograft
