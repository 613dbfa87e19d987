// Which files a release of INbreast has, by their names.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace mammograft {

// AllDICOMs/<id>_<patient>_MG_<side>_<view>_ANON.dcm
struct InbreastImage {
  int64_t id = 0;
  std::string patient;  // a hash: the release's only name for a patient
  std::string side;     // "L" or "R"
  std::string view;     // "CC"; "ML", as the release calls its MLO too; "MLO"
  std::filesystem::path file;
};

struct InbreastFiles {
  std::vector<InbreastImage> images;                 // by id
  std::map<int64_t, std::filesystem::path> drawn;    // AllXML/<id>.xml
  std::map<int64_t, std::filesystem::path> muscles;  // PectoralMuscle/.../<id>_muscle.xml
  std::filesystem::path table;                       // INbreast.csv
};

// Names are compared without case; what other systems leave beside files is passed over, files in
// AllDICOMs of another name are left out with a warning. Throws io (no such folder;
// AllDICOMs, AllXML or the table missing); bad_input: no image, two images of one id, a table in
// Excel's form only.
InbreastFiles find_inbreast_files(const std::filesystem::path& release);

}  // namespace mammograft
