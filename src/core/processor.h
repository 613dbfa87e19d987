// What this machine's processor can do, asked of itself, without LibTorch.
#pragma once

#include <string>

namespace mammograft {

// Whether it multiplies bf16 natively. Every processor with AMX has AVX512-BF16 too. Without
// either, oneDNN emulates bf16, several times slower than fp32.
bool multiplies_bf16();

std::string instruction_set();  // the widest that matters here: "AVX512", "AVX2" or "default"

}  // namespace mammograft
