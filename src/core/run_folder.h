// The names of the files in the folder of a training, for all who write, read or remove them.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "core/json.h"
#include "core/numbered_files.h"

namespace mammograft {

// Options of a training without how often something is written, which decides nothing of the
// result.
inline Json what_decides(Json options) {
  if (options.is_object())
    for (const char* key : {"checkpoint_every", "log_every"}) options.erase(key);
  return options;
}

class RunFolder {
 public:
  // What a training writes here, but for the sheets; the model last.
  static constexpr const char* kModel = "model.safetensors";
  static constexpr const char* kConfiguration = "run.json";
  static constexpr const char* kLog = "log.jsonl";
  static constexpr const char* kValidationLog = "validation.jsonl";
  static constexpr const char* kCheckpoint = "checkpoint.safetensors";
  static constexpr const char* kSheets = "sheets";
  static std::vector<std::string> names() {
    return {kModel, kConfiguration, kLog, kValidationLog, kCheckpoint};
  }

  // With the sheets of a training that was there before.
  std::vector<std::string> all_names() const {
    std::vector<std::string> all = names();
    for (const std::string& sheet : numbered_files(sheets(), "step-", ".png"))
      all.push_back(kSheets + ("/" + sheet));
    return all;
  }

  explicit RunFolder(std::filesystem::path path) : path_(std::move(path)) {}
  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path model() const { return path_ / kModel; }
  std::filesystem::path configuration() const { return path_ / kConfiguration; }
  std::filesystem::path log() const { return path_ / kLog; }
  std::filesystem::path validation_log() const { return path_ / kValidationLog; }
  std::filesystem::path checkpoint() const { return path_ / kCheckpoint; }
  std::filesystem::path sheets() const { return path_ / kSheets; }
  std::filesystem::path sheet(int64_t step) const {
    return sheets() / fmt::format("step-{:06}.png", step);
  }

 private:
  std::filesystem::path path_;
};

}  // namespace mammograft
