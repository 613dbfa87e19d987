#include "stages/carry_out.h"

#include <optional>
#include <vector>

#include "core/folder_lock.h"
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

// The folder into which a stage writes.
fs::path out_folder(const Output& output) {
  return output.marker.empty() ? output.path.parent_path() : output.path;
}

// The folder of an output while its stage runs. A stage that fails leaves nothing behind that is no
// use to the next run.
class OutputFolder {
 public:
  explicit OutputFolder(const Output& output) : output_(output), folder_(out_folder(output)) {
    if (folder_.empty()) return;
    for (fs::path made = folder_; !made.empty() && !fs::exists(made); made = made.parent_path())
      made_.push_back(made);
    create_folder(folder_);
  }

  // Throws nothing: the stage's own failure is on its way.
  void clean() const {
    const fs::path request = request_path(output_);
    std::error_code ignored;
    const bool of_use = output_.marker.empty() ? fs::exists(output_.path, ignored)
                                               : holds_files_but(folder_, request);
    if (!of_use) fs::remove(request, ignored);
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

// What --force moves aside, by the names in the output's folder. First what was asked for: it says
// when a run began to write.
std::vector<fs::path> replaced_names(const Stage& stage) {
  const Output output = stage.output();
  std::vector<fs::path> names = {request_path(output).filename(), output.marker.empty()
                                                                      ? output.path.filename()
                                                                      : fs::path(output.marker)};
  for (const std::string& name : stage.unfinished()) names.emplace_back(name);
  return names;
}

// That must not be what the stage reads.
void refuse_own_input(const Stage& stage) {
  for (const fs::path& name : replaced_names(stage)) {
    const fs::path file = out_folder(stage.output()) / name;
    for (const fs::path& input : stage.inputs()) {
      std::error_code not_there;
      if (!fs::equivalent(input, file, not_there) &&
          !fs::equivalent(input / "cohort.json", file, not_there))
        continue;
      fail(ErrorKind::usage, "{}: is read as well, expected another --out", file.string());
    }
  }
}

// Throws usage for an output that the stage must not replace; true where nothing is left to do.
bool done_before(const Stage& stage, const Request& request, bool force) {
  const fs::path marked = stage.output().marked();
  if (stage.output().marker.empty() && fs::is_directory(marked))
    fail(ErrorKind::usage, "{}: found a folder, expected the name of a file to write",
         marked.string());
  if (force) {
    refuse_own_input(stage);
    return false;
  }
  std::string why;
  const Found found = look(stage.output(), request, &why);
  if (found == Found::another)
    fail(ErrorKind::usage, "{}: exists ({}); choose another --out, or --force to replace it",
         marked.string(), why);
  if (found == Found::nothing) return false;
  log_info(fmt::format(
      "{}: finished before, from the same inputs with the same options; --force makes it anew",
      marked.string()));
  return true;
}

// What --force replaces: out of the way, so that a run killed half-way does not look finished, and
// back in its place where the stage fails before it has written anything. In a hidden folder of its
// own, which says of a run that was killed what it left aside.
class Former {
 public:
  explicit Former(const Output& output)
      : output_(output), folder_(out_folder(output)), aside_(folder_ / name_aside(output)) {}

  void take(const Stage& stage) const {
    settle();  // what a killed run left
    for (const fs::path& name : replaced_names(stage)) {
      if (!fs::exists(folder_ / name)) continue;
      create_folder((aside_ / name).parent_path());
      fs::rename(folder_ / name, aside_ / name);
    }
  }
  // After a run that ended before its time. Throws nothing: the stage's own failure is on its way.
  void settle() const {
    std::error_code ignored;
    if (!fs::exists(aside_, ignored)) return;
    if (written()) return remove();
    put_back();
  }
  void remove() const {
    std::error_code ignored;
    fs::remove_all(aside_, ignored);
  }

 private:
  static std::string name_aside(const Output& output) {
    return output.marker.empty() ? "." + output.path.filename().string() + ".former" : ".former";
  }

  // By the run whose request lies there. It was written just before the stage began: its time is
  // that of the file system's clock. Without one the stage did not begin.
  bool written() const {
    std::error_code error;
    const fs::file_time_type begun = fs::last_write_time(request_path(output_), error);
    if (error) return false;
    if (fs::exists(output_.marked(), error)) return true;
    if (output_.marker.empty()) return false;
    for (fs::recursive_directory_iterator at(folder_, error), end; !error && at != end;
         at.increment(error)) {
      std::error_code ignored;
      if (at->path() == aside_) at.disable_recursion_pending();
      if (at->is_regular_file(ignored) && at->path() != request_path(output_) &&
          at->last_write_time(ignored) >= begun)
        return true;
    }
    return false;
  }

  // The request that lies there is not what the former was made from.
  void put_back() const {
    std::error_code ignored;
    fs::remove(request_path(output_), ignored);
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(aside_, ignored)) {
      if (!entry.is_directory()) files.push_back(entry.path());
    }
    for (const fs::path& file : files)
      fs::rename(file, folder_ / file.lexically_relative(aside_), ignored);
    remove_if_empty(aside_);
  }

  Output output_;
  fs::path folder_, aside_;
};

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
  const Output output = stage.output();
  const Former former(output);
  const OutputFolder folder(output);
  // Of a folder that is the output. One file may be written beside others at the same time.
  std::optional<FolderLock> lock;
  if (!output.marker.empty()) lock.emplace(output.path);
  const bool done = done_before(stage, request, force);
  if (done) former.remove();  // of a run killed before it had done so
  if (processes.any(done)) return StageOutcome::finished_before;
  try {
    if (force) former.take(stage);
    write_request(output, request);
    stage.run(context);
  } catch (...) {
    if (force) former.settle();
    folder.clean();
    throw;
  }
  former.remove();
  return StageOutcome::made;
}

}  // namespace mammograft
