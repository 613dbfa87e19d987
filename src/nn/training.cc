#include "nn/training.h"

#include <torch/utils.h>

#include "core/error.h"
#include "core/files.h"
#include "core/json_difference.h"
#include "core/version.h"
#include "nn/precision.h"

namespace mammograft {
namespace {

Json run_json(const TrainingDescription& description, uint64_t seed) {
  Json json = {
      {"kind", description.kind},
      {"version", fmt::format("mammograft {}, {}", MAMMOGRAFT_VERSION, compute_description())}};
  if (description.processes) json["processes"] = *description.processes;
  json["seed"] = seed;
  json["input"] = description.input;
  json["options"] = description.options;
  return json;
}

bool goes_on(const RunFolder& folder) {
  return fs::exists(folder.configuration()) && fs::exists(folder.checkpoint());
}

// Throws usage where another training was begun in the folder.
void check_goes_on(const RunFolder& folder, const Json& now) {
  if (!goes_on(folder)) return;
  const fs::path path = folder.configuration();
  const Json before = read_json(path);
  for (const char* key : {"options", "seed", "input"}) {
    const std::string other =
        difference(key, what_decides(before.value(key, Json())), what_decides(now.at(key)));
    if (other.empty()) continue;
    fail(ErrorKind::usage, "{}: not the run that was begun here ({}); use --force to start anew",
         path.string(), other);
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
  configuration_ = run_json(description, context.seed);
  if (writes()) check_goes_on(folder_, configuration_);
  torch::manual_seed(context.seed);
}

int64_t Training::run(Trainer& trainer, const LoopOptions& loop) const {
  if (writes() && !goes_on(folder_)) {
    create_folder(folder_.path());
    write_json(folder_.configuration(), configuration_);
  }
  // The loop hands rank 0's state to all.
  if (writes() && !fs::exists(folder_.checkpoint())) trainer.prepare();
  return run_training_loop(folder_, loop, trainer, context_.progress, processes_);
}

}  // namespace mammograft
