// Logs of a training, one JSON object a line: {"step": 10, "learning_rate": ..., "<loss>": ...}.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace mammograft {

struct LogSeries {
  std::string name;                 // "learning_rate", "loss", ...
  std::vector<double> step, value;  // as many of each, by rising step
};

// All numbers but "step", in the order in which their names first appear. A step that is there
// twice (a killed run went on) counts once, the last time. Passed over: lines without a step, blank
// ones, and a last one that is cut short (the run was killed while it wrote). Throws io, or
// bad_input naming the line.
std::vector<LogSeries> read_log(const std::filesystem::path& log_file);

// Removes the lines after `step` from a log (a resumed run writes them again). No file: nothing.
void cut_log(const std::filesystem::path& log_file, int64_t step);

}  // namespace mammograft
