#include "stages/carry_out.h"

#include "core/log.h"
#include "stages/request.h"

namespace mammograft {
namespace {

// Removes `folder` if nothing is in it but empty folders.
void remove_if_empty(const fs::path& folder) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    if (entry.is_directory() && !entry.is_symlink()) remove_if_empty(entry.path());
  }
  fs::remove(folder, ignored);  // fails where something is left in it
}

bool holds_files_but(const fs::path& folder, const fs::path& one) {
  std::error_code ignored;
  for (const auto& entry : fs::recursive_directory_iterator(folder, ignored)) {
    if (!entry.is_directory() && entry.path() != one) return true;
  }
  return false;
}

// The folder of an output while its stage runs. A stage that fails leaves nothing behind that is no
// use to the next run.
class OutputFolder {
 public:
  explicit OutputFolder(const Output& output)
      : output_(output), folder_(output.marker.empty() ? output.path.parent_path() : output.path) {
    if (folder_.empty()) return;
    for (fs::path made = folder_; !made.empty() && !fs::exists(made); made = made.parent_path())
      made_.push_back(made);
    create_folder(folder_);
  }

  // Throws nothing: the stage's own failure is on its way.
  void clean() const {
    const fs::path request = request_path(output_);
    std::error_code ignored;
    if (output_.marker.empty() || !holds_files_but(folder_, request)) fs::remove(request, ignored);
    for (const fs::path& folder : made_) remove_if_empty(folder);
  }

 private:
  Output output_;
  fs::path folder_;
  std::vector<fs::path> made_;  // innermost first
};

enum class Found { nothing, this_one, another };

// What stands where the stage would write; `why` says in what it differs.
Found look(const Output& output, const Request& request, std::string* why) {
  if (!fs::exists(output.marked())) return Found::nothing;
  const std::optional<Request> before = read_request(output);
  *why = before ? difference(*before, request) : "nothing there says from what it was made";
  return why->empty() ? Found::this_one : Found::another;
}

// Throws usage for an output that the stage must not replace; true where nothing is left to do.
bool done_before(const Stage& stage, const Request& request, bool force) {
  if (force) return false;
  const fs::path marked = stage.output().marked();
  std::string why;
  const Found found = look(stage.output(), request, &why);
  if (found == Found::another)
    fail(ErrorKind::usage, "{}: exists ({}); use --force to replace it", marked.string(), why);
  if (found == Found::nothing) return false;
  log_info(fmt::format(
      "{}: finished before, from the same inputs with the same options; --force makes it anew",
      marked.string()));
  return true;
}

// The marker goes first, so that a run killed half-way does not look finished.
void remove_former(const Stage& stage) {
  const Output output = stage.output();
  fs::remove(output.marked());
  for (const std::string& name : stage.unfinished()) fs::remove(output.path / name);
}

}  // namespace

bool finished(const Stage& stage, uint64_t seed) {
  std::string why;
  return look(stage.output(), request_of(stage, seed), &why) == Found::this_one;
}

StageOutcome carry_out(Stage& stage, const RunContext& context, bool force,
                       Communicator& processes) {
  stage.check();
  if (processes.rank() != 0) {
    if (processes.any(false)) return StageOutcome::finished_before;
    stage.run(context);
    return StageOutcome::made;
  }
  const Request request = request_of(stage, context.seed);
  const bool done = done_before(stage, request, force);
  if (processes.any(done)) return StageOutcome::finished_before;
  const Output output = stage.output();
  const OutputFolder folder(output);
  try {
    if (force) remove_former(stage);
    write_request(output, request);
    stage.run(context);
  } catch (...) {
    folder.clean();
    throw;
  }
  return StageOutcome::made;
}

}  // namespace mammograft
