// Functions that are compiled for several processors, the best of which is chosen when the program
// starts: MAMMOGRAFT_CLONES before the definition. Elsewhere than with GCC on x86-64 it is nothing.
#pragma once

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define MAMMOGRAFT_CLONES \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#define MAMMOGRAFT_CLONES_V3 __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define MAMMOGRAFT_CLONES
#define MAMMOGRAFT_CLONES_V3
#endif
