#include "stages/shown_findings.h"

#include <algorithm>
#include <set>

#include "core/files.h"
#include "core/log.h"
#include "core/utf8.h"
#include "core/version.h"
#include "image/image_io.h"

namespace mammograft {
namespace {

// The end of a name that no file system finds too long, without half a character of UTF-8.
std::string shortened(const std::string& name) {
  constexpr size_t kLongest = 200;
  size_t begin = name.size() > kLongest ? name.size() - kLongest : 0;
  while (!begins_character(name[begin])) ++begin;
  return name.substr(begin);
}

// The folder that all are in; empty where they have none in common.
fs::path common_folder(const std::vector<SearchItem>& items) {
  if (items.empty()) return {};
  fs::path common = fs::path(items.front().name).parent_path();
  for (const SearchItem& item : items) {
    const fs::path name(item.name);
    const auto end = std::mismatch(common.begin(), common.end(), name.begin(), name.end()).first;
    fs::path shared;
    for (auto part = common.begin(); part != end; ++part) shared /= *part;
    common = shared;
  }
  return common;
}

bool is_our_object(const std::string& name) {
  return name == "cad-sr.dcm" || name == "tid1500.dcm" ||
         (name.ends_with(".dcm") && (name.starts_with("seg-") || name.starts_with("gsps-")));
}

}  // namespace

std::vector<std::string> shown_findings_in(const std::filesystem::path& out) {
  std::vector<std::string> ours;
  std::error_code none;
  const auto add = [&](const fs::path& file) {
    ours.push_back(file.lexically_relative(out).string());
  };
  for (const auto& entry : fs::directory_iterator(out / "overlays", none))
    if (entry.path().extension() == ".jpg") add(entry.path());
  for (const auto& study : fs::directory_iterator(out / "objects", none))
    for (const auto& entry : fs::directory_iterator(study.path(), none))
      if (is_our_object(entry.path().filename())) add(entry.path());
  return ours;
}

std::map<int64_t, std::string> overlay_names(const std::vector<SearchItem>& items) {
  const fs::path folder = common_folder(items);
  std::map<int64_t, std::string> names;
  std::set<std::string> taken;
  for (const SearchItem& item : items) {
    fs::path inside = fs::path(item.name).relative_path();
    if (!folder.empty()) inside = fs::path(item.name).lexically_relative(folder);
    std::string flat = inside.replace_extension().string();
    std::replace(flat.begin(), flat.end(), '/', '_');
    std::string name = shortened(flat);
    while (!taken.insert(name).second) name += fmt::format("_{}", item.image_id);
    names[item.image_id] = name + ".jpg";
  }
  return names;
}

ShownFindings::ShownFindings(std::filesystem::path out, const ShownOptions& options,
                             const ScoreGuide::Limit& limit, const std::string& model,
                             const SearchScope& scope)
    : out_(std::move(out)),
      drawn_{limit.score, options.most, options.side_px, 0},
      objects_(options.objects, limit.score, scope.dicom()),
      table_(limit.score, limit.words, model),
      listed_(scope.is_loose()) {
  algorithm_.version = MAMMOGRAFT_VERSION;
  algorithm_.model = model;
  algorithm_.operating_point = limit.words;
  if (options.overlays == "none" || (options.overlays == "auto" && !scope.is_loose())) return;
  pictures_ = overlay_names(scope.items());
  create_folder(out_ / "overlays");
}

void ShownFindings::add(const SearchItem& item, const cv::Mat& pixels,
                        const std::vector<FoundMass>& masses) {
  if (listed_) table_.add(readable(item.name), masses);
  objects_.add(item, masses);
  if (pictures_.empty()) return;
  OverlayOptions options = drawn_;
  if (item.spacing_mm) options.mm_per_px = (*item.spacing_mm)[1];
  write_jpeg(out_ / "overlays" / pictures_.at(item.image_id),
             draw_overlay(pixels, masses, options));
}

void ShownFindings::write() const { objects_.write(out_, algorithm_); }

bool ShownFindings::any_wanted() const { return !pictures_.empty() || objects_.any_wanted(); }

void ShownFindings::report() const {
  if (listed_) log_info(table_.text());
}

}  // namespace mammograft
