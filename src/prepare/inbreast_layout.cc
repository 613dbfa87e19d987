#include "prepare/inbreast_layout.h"

#include <algorithm>
#include <optional>
#include <regex>

#include "core/error.h"
#include "core/first_few.h"
#include "core/log.h"
#include "core/text.h"
#include "image/image_files.h"

namespace mammograft {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDicoms = "AllDICOMs";
constexpr const char* kDrawn = "AllXML";
constexpr const char* kMuscles = "PectoralMuscle";

// What lies in a folder, sorted, so that no message depends on the disk's order.
std::vector<fs::path> entries_in(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> entries;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (!is_left_beside(at->path())) entries.push_back(at->path());
  }
  if (error) fail(ErrorKind::io, "{}: cannot be read: {}", folder.string(), error.message());
  std::sort(entries.begin(), entries.end());
  return entries;
}

std::optional<fs::path> entry_called(const fs::path& folder, const std::string& name) {
  for (const fs::path& entry : entries_in(folder)) {
    if (lower_case(entry.filename().string()) == lower_case(name)) return entry;
  }
  return std::nullopt;
}

std::optional<InbreastImage> parse_name(const fs::path& file) {
  static const std::regex pattern("([0-9]{1,18})_([0-9A-Z]+)_MG_([LR])_(CC|MLO|ML)_ANON\\.DCM",
                                  std::regex::icase);
  const std::string name = file.filename().string();
  std::smatch parts;
  if (!std::regex_match(name, parts, pattern)) return std::nullopt;
  return InbreastImage{std::stoll(parts[1]), lower_case(parts[2]), upper_case(parts[3]),
                       upper_case(parts[4]), file};
}

void check_ids(const std::vector<InbreastImage>& images) {
  for (size_t i = 1; i < images.size(); ++i) {
    if (images[i - 1].id != images[i].id) continue;
    fail(ErrorKind::bad_input, "{} and {}: two images with one number", images[i - 1].file.string(),
         images[i].file.filename().string());
  }
}

std::vector<InbreastImage> find_dicoms(const fs::path& folder) {
  std::vector<InbreastImage> images;
  std::vector<std::string> others;
  for (const fs::path& entry : entries_in(folder)) {
    const std::optional<InbreastImage> image = parse_name(entry);
    image ? images.push_back(*image) : others.push_back(entry.filename().string());
  }
  if (images.empty()) {
    fail(ErrorKind::bad_input,
         "{}: found no file called <number>_<patient>_MG_<L|R>_<CC|ML>_ANON.dcm", folder.string());
  }
  if (!others.empty()) {
    log_warning(fmt::format("{}: {} files are not called as the release's images, and left out: {}",
                            folder.string(), others.size(), first_few(others)));
  }
  std::sort(images.begin(), images.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  check_ids(images);
  return images;
}

// "20586908.xml", "20586908_muscle.xml"
std::optional<int64_t> number_of(const fs::path& file) {
  static const std::regex pattern("([0-9]{1,18})(_MUSCLE)?\\.XML", std::regex::icase);
  const std::string name = file.filename().string();
  std::smatch parts;
  if (!std::regex_match(name, parts, pattern)) return std::nullopt;
  return std::stoll(parts[1]);
}

// The muscles lie in a folder of their own within theirs.
void find_lists(const fs::path& folder, std::map<int64_t, fs::path>& lists) {
  for (const fs::path& entry : entries_in(folder)) {
    std::error_code unreadable;
    if (fs::is_directory(entry, unreadable)) {
      find_lists(entry, lists);
    } else if (const std::optional<int64_t> number = number_of(entry)) {
      lists.emplace(*number, entry);
    }
  }
}

fs::path folder_called(const fs::path& release, const char* name) {
  const auto folder = entry_called(release, name);
  if (folder) return *folder;
  fail(ErrorKind::io, "{}: {}: missing, expected the folder of INbreast Release 1.0",
       release.string(), name);
}

fs::path find_table(const fs::path& release) {
  if (const auto table = entry_called(release, "INbreast.csv")) return *table;
  if (const auto excel = entry_called(release, "INbreast.xls")) {
    fail(ErrorKind::bad_input,
         "{}: Excel's form is not read: export the sheet as INbreast.csv (UTF-8) beside it",
         excel->string());
  }
  fail(ErrorKind::io, "{}: INbreast.csv: missing", release.string());
}

}  // namespace

InbreastFiles find_inbreast_files(const fs::path& release) {
  const fs::path dicoms = folder_called(release, kDicoms), drawn = folder_called(release, kDrawn);
  InbreastFiles files;
  files.table = find_table(release);
  files.images = find_dicoms(dicoms);
  find_lists(drawn, files.drawn);
  if (const auto muscles = entry_called(release, kMuscles)) find_lists(*muscles, files.muscles);
  return files;
}

}  // namespace mammograft
