#include "nn/training.h"

#include <torch/utils.h>

#include "core/error.h"
#include "core/files.h"
#include "nn/precision.h"

namespace mammograft {
namespace {

Json run_json(const TrainingDescription& description, uint64_t seed) {
  Json json = {{"kind", description.kind}, {"version", compute_description()}};
  if (description.processes) json["processes"] = *description.processes;
  json["seed"] = seed;
  json["input"] = description.input;
  json["options"] = description.options;
  return json;
}

void begin(const RunFolder& folder, const Json& now) {
  create_folder(folder.path());
  const fs::path path = folder.configuration();
  if (!fs::exists(path) || !fs::exists(folder.checkpoint())) {
    write_json(path, now);
    return;
  }
  const Json before = read_json(path);
  for (const char* key : {"options", "seed", "input"}) {
    if (before.value(key, Json()) != now.at(key)) {
      fail(ErrorKind::usage,
           "{}: {}: not those of the run that was begun here; use --force to start anew",
           path.string(), key);
    }
  }
}

}  // namespace

Training::Training(RunFolder folder, const RunContext& context,
                   const TrainingDescription& description, Communicator& processes)
    : folder_(std::move(folder)),
      context_(context),
      processes_(processes),
      device_(resolve_device(context.device)) {
  set_threads(context.threads);
  if (writes()) begin(folder_, run_json(description, context.seed));
  torch::manual_seed(context.seed);
}

int64_t Training::run(Trainer& trainer, const LoopOptions& loop) const {
  // The loop hands rank 0's state to all.
  if (writes() && !fs::exists(folder_.checkpoint())) trainer.prepare();
  return run_training_loop(folder_, loop, trainer, context_.progress, processes_);
}

}  // namespace mammograft
