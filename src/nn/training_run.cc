#include "nn/training_run.h"

#include "core/error.h"
#include "core/files.h"

namespace mammograft {

void begin_run(const RunFolder& run, const Json& description) {
  create_folder(run.path());
  const fs::path path = run.configuration();
  if (!fs::exists(path) || !fs::exists(run.checkpoint())) {
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
