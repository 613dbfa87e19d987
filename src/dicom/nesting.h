// How deep sequences lie in each other, before DCMTK, which recurses, reads them.
#pragma once

#include <filesystem>

namespace mammograft {

// No deeper than `limit`, as far as the headers of the file's elements show: items are counted as
// they open and close. What cannot be followed is left to the reader.
bool nests_no_deeper(const std::filesystem::path& file, int limit);

}  // namespace mammograft
