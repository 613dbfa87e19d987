// Whether LibTorch failed because memory ran out. No torch in this header.
#pragma once

#include <exception>

namespace mammograft {

// Of the machine or of a GPU. False for what others throw.
bool is_out_of_memory(const std::exception& error);

}  // namespace mammograft
