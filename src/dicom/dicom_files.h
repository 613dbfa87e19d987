// Which DICOM files are meant where files and folders are named.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace mammograft {

// Files as they are given; of folders everything below them whose content is DICOM, without what
// other systems leave beside files (image/image_files.h) and without media directories, whose files
// lie there too; of a DICOMDIR that is named itself, the files that it lists. Sorted, each once.
// Throws io for what cannot be read, bad_input for a named file that is no DICOM.
std::vector<std::filesystem::path> dicom_files(const std::vector<std::string>& inputs);

}  // namespace mammograft
