// The machine that networks run on. No torch in this header.
#pragma once

#include <string>

namespace mammograft {

void set_threads(int threads);  // 0: all cores; LibTorch starts with one thread in a C++ program
// The same of the calling thread alone: what runs beside a training must not change its threads.
void set_threads_here(int threads);
std::string compute_description();  // "LibTorch 2.13.0, 2 threads, AVX2, fp32"

}  // namespace mammograft
