#include "dicom/dicom_files.h"

#include <algorithm>
#include <set>

#include "core/error.h"
#include "core/text.h"
#include "dicom/dicom_file.h"
#include "image/image_files.h"

namespace mammograft {
namespace {

namespace fs = std::filesystem;

constexpr const char* kMediaDirectory = "1.2.840.10008.1.3.10";
constexpr Tag kMediaStorageSopClass{0x0002, 0x0002};
constexpr Tag kDirectoryRecordSequence{0x0004, 0x1220};
constexpr Tag kReferencedFileId{0x0004, 0x1500};

// By its name first: the others stay closed.
bool is_media_directory(const fs::path& path) {
  if (upper_case(path.stem().string()) != "DICOMDIR") return false;
  return DicomFile(path).meta().text(kMediaStorageSopClass) == kMediaDirectory;
}

// A file id is written in capitals; on disk it may stand in small letters (ISO 9660).
fs::path found_in(const fs::path& folder, const std::string& name) {
  for (const std::string& written : {name, lower_case(name)}) {
    if (fs::exists(folder / written)) return folder / written;
  }
  return folder / name;
}

void add_listed(const fs::path& directory, std::set<fs::path>& files) {
  const DicomFile file(directory);
  for (const DataSet& record : file.data().items(kDirectoryRecordSequence)) {
    const std::vector<std::string> parts = record.texts(kReferencedFileId);
    if (parts.empty()) continue;
    fs::path path = directory.parent_path();
    for (const std::string& part : parts) {
      if (part == ".." || fs::path(part).is_absolute())
        fail(ErrorKind::bad_input, "{}: a file id leaves the folder", directory.string());
      path = found_in(path, part);
    }
    files.insert(path);
  }
}

}  // namespace

std::vector<fs::path> dicom_files(const std::vector<std::string>& inputs) {
  std::set<fs::path> files;
  for (const std::string& input : inputs) {
    const fs::path path = input;
    if (fs::is_directory(path)) {
      for (const fs::path& file : files_below(path)) {
        if (looks_like_dicom(file) && !is_media_directory(file)) files.insert(file);
      }
      continue;
    }
    const DicomFile file(path);  // throws for what is no DICOM
    if (is_media_directory(path)) {
      add_listed(path, files);
    } else {
      files.insert(path);
    }
  }
  return {files.begin(), files.end()};
}

}  // namespace mammograft
