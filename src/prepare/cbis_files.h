// Which files of a CBIS-DDSM folder belong to a row of its tables.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "prepare/cbis_cases.h"
#include "prepare/import.h"

namespace mammograft {

struct CbisFile {
  std::filesystem::path path;
  std::string series;      // Series Instance UID
  std::string patient_id;  // of the header: "Mass-Training_P_00001_LEFT_CC_1"
  std::string instance;    // SOP Instance UID; empty for a picture
  int width = 0, height = 0;
  bool is_picture = false;  // JPEG: values are not exact
};

// TCIA has renamed its folders with every downloader: what a file is stands in its header, or, of
// the JPEG edition, in csv/dicom_info.csv.
class CbisFiles {
 public:
  // Copies of one instance count once.
  explicit CbisFiles(std::vector<CbisFile> files);
  CbisFiles(const CbisFiles&) = delete;  // its indices point into its files
  CbisFiles& operator=(const CbisFiles&) = delete;

  // By Series Instance UID, else by Patient ID; in the order of their paths.
  std::vector<const CbisFile*> of(const CbisSeries& series) const;

 private:
  using ByText = std::map<std::string, std::vector<const CbisFile*>>;
  std::vector<CbisFile> files_;
  ByText by_series_, by_patient_;
};

// The DICOM files among `files`, by their headers; where there is none the JPEG edition. Objects
// without pixels are passed over. Throws bad_input: neither, a file called .dcm that is none, a
// header that cannot be read. With keep_going such files are skipped and noted in `import`.
CbisFiles find_cbis_files(const std::vector<std::filesystem::path>& files,
                          const ImportOptions& options, Progress& progress, Import& import);

}  // namespace mammograft
