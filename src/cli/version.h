// What --version says. No LibTorch is loaded for it: that alone takes longer than the answer may.
#pragma once

#include <string>

namespace mammograft {

std::string version_text();  // "mammograft 0.1.0\nLibTorch 2.13.0, 2 threads, AVX2, ..."

}  // namespace mammograft
