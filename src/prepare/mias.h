// The mini-MIAS database (Suckling et al. 1994): mdb001 ... mdb322 as PGM or PNG, and Info.txt.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "prepare/import.h"

namespace mammograft {

struct MiasOptions : ImportOptions {};

// One row of Info.txt.
struct MiasRow {
  int number = 0;        // 1 for mdb001
  std::string tissue;    // F, G, D
  std::string kind;      // NORM, CALC, CIRC, SPIC, MISC, ARCH, ASYM
  std::string severity;  // B, M or "" (NORM)
  struct Circle {
    int x = 0, y = 0, radius = 0;  // pixels; origin at the bottom-left corner
  };
  std::optional<Circle> place;
  std::string note;  // "NOTE 3" or ""
};

// Throws bad_input naming the line: a row that breaks the table's rules, an image that is normal
// and abnormal at once, or no row at all ("not the Info.txt of mini-MIAS"). With `unusable` images
// of the first two kinds have no row, and stand there by number, with the reason.
std::vector<MiasRow> read_mias_info(const std::filesystem::path& path,
                                    std::map<int, std::string>* unusable = nullptr);

// Files of `source`: Info.txt and mdb*.pgm or mdb*.png. Odd numbers are left breasts, the following
// even ones right breasts of the same patient. NORM becomes normal, images with a located CIRC,
// SPIC or MISC become mass, all others (calcifications, asymmetry, distortion, masses without a
// place) other. Every row is kept in acquisition.findings of its image.
Cohort prepare_mias(const std::filesystem::path& source, const std::filesystem::path& out,
                    const MiasOptions& options, Progress& progress);

}  // namespace mammograft
