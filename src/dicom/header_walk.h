// A header, walked through before DCMTK reads it: that recurses into sequences and takes memory for
// whatever length stands there.
#pragma once

#include <filesystem>
#include <string>

namespace mammograft {

// What is wrong in words: sequences deeper in each other than `deepest`, an attribute longer than
// the file. Empty where nothing is. Of deflated data sets the header is inflated for it.
std::string header_problem(const std::filesystem::path& file, int deepest);

}  // namespace mammograft
