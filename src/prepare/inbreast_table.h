// What INbreast.csv says of the images.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace mammograft {

// Patient's number and age are blanked in the release; all else that is not here is not read.
struct InbreastRow {
  std::string side;    // "L", "R" or ""
  std::string view;    // "CC", "MLO" or ""
  std::string birads;  // "1" ... "6", "4a"; as it stands there
  std::string acr;     // density "1" ... "4", or ""
  std::string date;    // to tell the examinations of a patient apart; goes nowhere
};

// Rows by "File Name". Separator, case and blanks of the headers are free. Rows without a number
// there are the footers. Throws what read_csv() throws; bad_input: no column for the file name or
// for BI-RADS, a number twice. Warns of a BI-RADS that is none, which stays empty.
std::map<int64_t, InbreastRow> read_inbreast_table(const std::filesystem::path& path);

}  // namespace mammograft
