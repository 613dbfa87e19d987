// What a stage was asked for, kept beside what it made: stage.json in an output folder, or
// folds.stage.json beside a file folds.json.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/files.h"
#include "core/json_difference.h"
#include "stages/stage.h"

namespace mammograft {

struct Request {
  std::string stage;
  std::string version = {};  // of the program that wrote it; not compared
  uint64_t seed = 0;
  Json options = Json::object();
  struct Input {
    std::string path;    // as it was given, for the reader; not compared
    std::string digest;  // digest_of() it
  };
  std::vector<Input> inputs;
};

Request request_of(const Stage& stage, uint64_t seed);

// Of all that decides what a stage's output in `folder` holds, but of what shard it is: the same
// for all shards of a whole. Throws io, or bad_input for a folder that does not say what it was
// asked.
std::string digest_of_whole(const fs::path& folder);
Request read_request_in(const fs::path& folder);  // its stage.json

// Sixteen hexadecimal digits: of a file its bytes; of a cohort's folder its cohort.json; of another
// folder the names of all files in it with the bytes of texts and the sizes of all others, but for
// what is left beside them (image_files.h) and those of the folder `except` (an output that lies
// inside of its input). Empty where nothing is there. Throws io.
std::string digest_of(const fs::path& path, const fs::path& except = {});

fs::path request_path(const Output& output);
void write_request(const Output& output, const Request& request);
// Nothing where no request is kept (outputs of older programs). Throws io, or bad_input.
std::optional<Request> read_request(const Output& output);

// The first thing in which two requests differ, in words: "options.patients: found 8, expected 9";
// empty where they are the same.
std::string difference(const Request& found, const Request& expected);

}  // namespace mammograft
