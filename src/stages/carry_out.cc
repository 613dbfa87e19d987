#include "stages/carry_out.h"

#include <set>

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

// What --force moves aside.
std::set<fs::path> replaced_files(const Stage& stage) {
  const Output output = stage.output();
  std::set<fs::path> files = {output.marked(), request_path(output)};
  for (const std::string& name : stage.unfinished()) files.insert(output.path / name);
  std::erase_if(files, [](const fs::path& file) { return !fs::exists(file); });
  return files;
}

// That must not be what the stage reads.
void refuse_own_input(const Stage& stage) {
  for (const fs::path& file : replaced_files(stage)) {
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
// back in its place where the stage fails before it has written anything.
class Former {
 public:
  explicit Former(const Stage& stage) : output_(stage.output()) {
    const std::set<fs::path> files = replaced_files(stage);
    files_.assign(files.begin(), files.end());
    for (const fs::path& file : files_) fs::rename(file, aside(file));
  }
  // Throws nothing: the stage's own failure is on its way. The request was written just before the
  // stage began: its time is that of the file system's clock.
  void put_back() const {
    std::error_code ignored;
    if (written_since(fs::last_write_time(request_path(output_), ignored))) return remove();
    for (const fs::path& file : files_) fs::rename(aside(file), file, ignored);
  }
  void remove() const {
    std::error_code ignored;
    for (const fs::path& file : files_) fs::remove(aside(file), ignored);
  }

 private:
  static fs::path aside(fs::path file) { return file += ".former"; }
  bool written_since(fs::file_time_type time) const {
    if (output_.marker.empty()) return fs::exists(output_.path);
    std::error_code ignored;
    for (const auto& entry : fs::recursive_directory_iterator(output_.path, ignored)) {
      if (entry.is_regular_file(ignored) && entry.path() != request_path(output_) &&
          entry.last_write_time(ignored) >= time)
        return true;
    }
    return false;
  }

  Output output_;
  std::vector<fs::path> files_;
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
  const bool done = done_before(stage, request, force);
  if (processes.any(done)) return StageOutcome::finished_before;
  const Output output = stage.output();
  const OutputFolder folder(output);
  std::optional<Former> former;
  if (force) former.emplace(stage);
  try {
    write_request(output, request);
    stage.run(context);
  } catch (...) {
    if (former) former->put_back();
    folder.clean();
    throw;
  }
  if (former) former->remove();
  return StageOutcome::made;
}

}  // namespace mammograft
