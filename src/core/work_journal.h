// What a command has finished so far, so that a killed one can continue.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>

#include "core/json.h"

namespace mammograft {

// A file of lines: first the description of the work, then one line for each piece of it that is on
// disk: its number, and what else is to be known of it.
class WorkJournal {
 public:
  // "OUT/synthesis.jsonl", "image", "synthesis": the file, the key of a piece's number, and what
  // the work is called in a message. Reads the journal of an earlier run, a line cut short left
  // out, or begins one. Usage error when that run was described otherwise.
  struct Names {
    std::filesystem::path file;
    std::string piece, work;
    bool begins_anew = false;  // where the earlier run was another one, instead of an error
  };
  WorkJournal(Names names, const Json& description);
  Json note(int64_t piece) const;             // null where it is not on disk
  void add(int64_t piece, const Json& note);  // after the piece is on disk; an object. Any thread
  void remove();

 private:
  void read(const std::string& text, const Json& description);

  Names names_;
  std::map<int64_t, Json> notes_;
  std::mutex adding_;
};

}  // namespace mammograft
