// A trained detector as the file that is handed on: a name, a version, a quarter of the bytes. No
// torch in this header.
#pragma once

#include <filesystem>
#include <string>

#include "core/json.h"

namespace mammograft {

struct Release {
  std::string name, version;  // "cbis-ddsm-light", "1.0.0"
};

// "release" of a model's description; null where it has none.
Json release_json(const Release& release);

// The detector's file with this release in place of what it had. Weights of two and more dimensions
// are written in eight bits (nn/eight_bit_rows.h); biases and batch norms stay. All else stays too:
// options, patients, operating points. Throws as read_detector_info(); io.
void write_release(const std::filesystem::path& model, const Release& release,
                   const std::filesystem::path& out);

// The detector that ships with the program. Throws usage where none does.
std::filesystem::path shipped_detector();

}  // namespace mammograft
