#include "nn/training_run.h"

#include "core/error.h"
#include "core/files.h"

namespace mammograft {

void begin_run(const std::filesystem::path& run, const Json& description) {
  create_folder(run);
  const std::filesystem::path path = run / "run.json";
  if (!std::filesystem::exists(path) || !std::filesystem::exists(run / "checkpoint.safetensors")) {
    write_json(path, description);
    return;
  }
  const Json before = read_json(path);
  for (const char* key : {"options", "seed", "input"}) {
    if (before.value(key, Json()) != description.at(key)) {
      fail(ErrorKind::usage,
           "{}: {}: not those of the run that was begun here; use --force to start anew",
           path.string(), key);
    }
  }
}

}  // namespace mammograft
