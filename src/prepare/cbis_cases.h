// The tables of CBIS-DDSM: one row a finding.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/json.h"

namespace mammograft {

// What a path of the tables says: "Mass-Training_P_00001_LEFT_CC_1/<study>/<series>/000000.dcm".
// The path itself fits no download of these years.
struct CbisSeries {
  std::string uid;         // Series Instance UID
  std::string patient_id;  // as in the header: "Mass-Training_P_00001_LEFT_CC_1"
};

struct CbisFinding {
  bool is_mass = false;
  std::string split;    // "train", "test"
  std::string patient;  // "P_00001"
  std::string side;     // "LEFT", "RIGHT"
  std::string view;     // "CC", "MLO"
  std::string density;  // "1" to "4", or ""
  // type, abnormality_id, shape, margins, calc_type, calc_distribution, birads, pathology,
  // subtlety; in the release's words, what is empty left out. Of a mass lesion_id, the same in both
  // views of a breast: "P_00001/LEFT/1".
  Json facts = Json::object();
  CbisSeries image, crop, mask;
  std::string where;  // "mass_case_description_train_set.csv: row 12"
  std::string image_name() const { return patient + "_" + side + "_" + view; }
};

// One of the four tables; 0 where nothing is known or found.
struct CbisTable {
  std::string name;   // "mass train"
  std::string split;  // "train", "test"
  bool is_mass = false;
  int findings = 0, patients = 0;
  int known_findings = 0, known_patients = 0;  // of the whole release
};

// A row that breaks the table's rules. Its images have to go: one of their masses is not known.
struct UnusableCbisRow {
  std::vector<std::string> image_names;  // by its columns, and by its path
  std::string reason;
};

struct CbisCases {
  std::vector<CbisTable> tables;
  std::vector<CbisFinding> findings;      // masses first
  std::vector<UnusableCbisRow> unusable;  // with keep_going
};

// The tables among `files`, by their names, wherever they lie. Throws bad_input: none, one of them
// twice, a column missing, a row that breaks the table's rules (with keep_going it is
// noted).
CbisCases read_cbis_cases(const std::vector<std::filesystem::path>& files, bool keep_going);

}  // namespace mammograft
