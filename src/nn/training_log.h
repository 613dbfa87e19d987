// log.jsonl, one JSON object a line: {"step": 10, "learning_rate": ..., "<loss>": ...}. No torch
// here.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace mammograft {

// Name -> (step, value), names in the order in which they first appear, without "step". A last line
// that is cut short (the run was killed while it wrote) is left out. Throws io, or bad_input naming
// the line.
std::vector<std::pair<std::string, std::vector<std::pair<double, double>>>> read_log(
    const std::filesystem::path& log_file);

// Removes the lines after `step` from a log (a resumed run writes them again). No file: nothing.
void cut_log(const std::filesystem::path& log_file, int64_t step);

}  // namespace mammograft
