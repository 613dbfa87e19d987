// A stage of the line: what it reads, what decides its result, what it writes, and whether that is
// finished already. The command line, an experiment and tests all carry out the same one.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/files.h"
#include "core/json.h"
#include "core/run_context.h"

namespace mammograft {

// What a stage writes. The marker is the file that it writes last: where that stands, the output is
// finished.
struct Output {
  fs::path path;       // a folder; or the one file itself, where the marker is empty
  std::string marker;  // "cohort.json"
  fs::path marked() const { return marker.empty() ? path : path / marker; }
};

class Stage {
 public:
  virtual ~Stage() = default;
  virtual std::string name() const = 0;  // as on the command line: "train detector"
  virtual Output output() const = 0;
  // Files, cohorts and folders of images that are read. What is not there is no error yet.
  virtual std::vector<fs::path> inputs() const = 0;
  // Every option that decides the result, resolved; the seed is the context's.
  virtual Json options() const = 0;
  // Throws usage for options that cannot be, io for a program that it starts and that is not there,
  // before anything is read or written.
  virtual void check() const {}
  // What a killed run left in the output's folder and the next would continue from, and what a
  // finished one wrote beside its marker and the next might not: paths in the output's folder.
  virtual std::vector<std::string> unfinished() const { return {}; }
  // Writes the output, whose folder is there, the marker last. Throws as the stage's own functions.
  virtual void run(const RunContext& context) = 0;
};

}  // namespace mammograft
