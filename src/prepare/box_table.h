// A table of what was found by whom: boxes of masses, and what images are without one.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cohort/cohort.h"

namespace mammograft {

struct BoxRow {
  int line = 0;                  // in the file
  std::string image;             // a file's name, its stem, or a SOP Instance UID
  std::optional<Box> box;        // none: the row says something of the image alone
  std::optional<Status> status;  // of the image
};

// CSV with the columns `image` (or `file_name`, `file`, `sop_instance_uid`) and either `x`, `y`,
// `width`, `height` or `xmin`, `ymin`, `xmax`, `ymax`, in pixels of the image; `status` (normal,
// mass, other, unknown) may be there. The four numbers of a row may be empty. Throws io, bad_input
// naming file and line.
std::vector<BoxRow> read_box_table(const std::filesystem::path& path);

}  // namespace mammograft
