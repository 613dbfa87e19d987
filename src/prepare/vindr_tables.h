// The tables of VinDr-Mammo: finding_annotations.csv and breast-level_annotations.csv.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "image/box.h"

namespace mammograft {

struct VindrFinding {
  std::vector<std::string> categories;  // "Mass", "Skin Retraction", ...; never "No Finding"
  std::string birads;                   // "4", or ""
  std::optional<Box> box;               // pixels; may leave the image
  bool is_mass() const;
};

struct VindrImage {
  std::string study, id;
  std::string laterality, view;  // "L", "CC", ...
  int width = 0, height = 0;
  std::string birads;        // of the breast: "1" to "5"
  std::string density;       // "A" to "D", or ""
  std::string split;         // "train", "test"
  bool in_findings = false;  // finding_annotations.csv knows the image: no finding is none
  std::vector<VindrFinding> findings;
};

struct VindrTables {
  std::vector<VindrImage> images;               // in the order of their ids
  std::map<std::string, std::string> unusable;  // with keep_going: why, by image
};

// "['Mass', \"Skin Retraction\"]", as Python writes a list of texts. Throws bad_input naming
// `where`.
std::vector<std::string> python_list(const std::string& text, const std::string& where);

// finding_annotations.csv of the folder, and breast-level_annotations.csv where it is there.
// Throws io (the first is missing) or bad_input: a column missing, a row that breaks the table's
// rules, rows of one image that contradict each other; with keep_going these images are left out.
VindrTables read_vindr_tables(const std::filesystem::path& release, bool keep_going);

}  // namespace mammograft
