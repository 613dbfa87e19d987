// The machine that networks run on. No torch in this header.
#pragma once

#include <string>

namespace mammograft {

void set_threads(int threads);  // 0: all cores; LibTorch starts with one thread in a C++ program
std::string compute_description();  // "LibTorch 2.13.0, 2 threads, AVX2, fp32"

}  // namespace mammograft
