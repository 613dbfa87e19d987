#include "image/image_files.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <system_error>

#include "core/error.h"
#include "core/log.h"
#include "core/text.h"
#include "core/utf8.h"
#include "image/image_io.h"

namespace mammograft {

namespace {

namespace fs = std::filesystem;

class Search {
 public:
  explicit Search(bool keep_going) : keep_going_(keep_going) {}

  void add(const fs::path& input) {
    std::error_code error;
    const fs::file_status status = fs::status(input, error);
    if (fs::is_directory(status)) return add_folder(input);
    if (!fs::exists(status)) return refuse(ErrorKind::io, input, "cannot read: " + error.message());
    files_.push_back(input);
  }

  std::vector<fs::path> take() && {
    std::sort(files_.begin(), files_.end());
    files_.erase(std::unique(files_.begin(), files_.end()), files_.end());
    std::erase_if(files_, [this](const fs::path& file) { return !may_be_read(file); });
    if (files_.empty()) {
      fail(ErrorKind::bad_input, "not one image is left; first: {}", first_refusal_);
    }
    if (turned_ > 0) warn_of_orientation();
    return std::move(files_);
  }

 private:
  void refuse(ErrorKind kind, const fs::path& path, const std::string& reason) {
    const std::string message = path.string() + ": " + reason;
    if (!keep_going_) throw Error(kind, message);
    log_warning("skipped: " + message);
    if (first_refusal_.empty()) first_refusal_ = message;
  }

  void add_folder(const fs::path& folder) {
    const size_t before = files_.size();
    visit_files(
        folder,
        [this](const fs::path& file) {
          if (looks_like_image(file)) files_.push_back(file);
        },
        [this](const fs::path& below, const std::string& reason) {
          refuse(ErrorKind::io, below, reason);
        });
    if (files_.size() > before) return;
    refuse(ErrorKind::bad_input, folder, "no image in this folder (png, jpg, pgm)");
  }

  bool may_be_read(const fs::path& file) {
    if (!is_utf8(file.string())) {
      refuse(ErrorKind::bad_input, file,
             "found a name that is not UTF-8, which no result file could hold; rename it");
      return false;
    }
    std::error_code unknown;
    if (fs::is_regular_file(file, unknown)) look_at_header(file);  // a pipe is read only once
    return true;
  }

  void look_at_header(const fs::path& file) {
    try {
      if (read_image_header(file).orientation == 1) return;
    } catch (const Error&) {
      if (!keep_going_) throw;
      return;  // its reader says what is wrong
    }
    if (turned_++ == 0) first_turned_ = file;
  }

  void warn_of_orientation() const {
    log_warning(fmt::format(
        "{}: its EXIF orientation has viewers turn it{}; boxes and pictures are of the pixels as "
        "they are stored",
        first_turned_.string(),
        turned_ > 1 ? fmt::format(", as that of {} files more", turned_ - 1) : ""));
  }

  const bool keep_going_;
  std::vector<fs::path> files_;
  std::string first_refusal_;
  int turned_ = 0;
  fs::path first_turned_;
};

}  // namespace

bool is_left_beside(const fs::path& path) {
  static constexpr std::array<std::string_view, 13> known = {
      "__macosx",  "thumbs.db", "ehthumbs.db",        "desktop.ini",
      "@eadir",    "@recycle",  "#recycle",           "$recycle.bin",
      "recycler",  "#snapshot", "@recently-snapshot", "system volume information",
      "lost+found"};
  const std::string name = lower_case(path.filename().string());
  if (name.starts_with('.')) return name != "." && name != "..";
  return std::find(known.begin(), known.end(), name) != known.end();
}

void visit_files(const fs::path& folder, const std::function<void(const fs::path&)>& take,
                 const std::function<void(const fs::path&, const std::string&)>& refuse) {
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (is_left_beside(entry->path())) continue;
    std::error_code unknown;  // a link to nowhere is neither file nor folder
    if (entry->is_directory(unknown) && !entry->is_symlink(unknown)) {
      visit_files(entry->path(), take, refuse);
    } else if (entry->is_regular_file(unknown)) {
      take(entry->path());
    }
  }
  if (error) refuse(folder, "cannot read: " + error.message());
}

std::vector<fs::path> files_below(const fs::path& folder) {
  std::vector<fs::path> files;
  visit_files(
      folder, [&](const fs::path& file) { files.push_back(file); },
      [](const fs::path& below, const std::string& reason) {
        fail(ErrorKind::io, "{}: {}", below.string(), reason);
      });
  std::sort(files.begin(), files.end());
  return files;
}

bool holds_images(const fs::path& folder) {
  const std::vector<fs::path> files = files_below(folder);
  return std::any_of(files.begin(), files.end(), looks_like_image);
}

std::vector<fs::path> image_files(const std::vector<std::string>& inputs, bool keep_going) {
  Search search(keep_going);
  for (const std::string& input : inputs) search.add(input);
  return std::move(search).take();
}

}  // namespace mammograft
