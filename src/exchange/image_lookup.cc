#include "exchange/image_lookup.h"

#include <algorithm>
#include <functional>
#include <optional>

#include "core/error.h"
#include "core/log.h"
#include "core/text.h"
#include "exchange/cell.h"

namespace mammograft {

namespace {

// As the truth writes it: other systems' separators, "./" before it.
std::string plain_path(const std::string& text) {
  std::string path = trimmed(text);
  std::replace(path.begin(), path.end(), '\\', '/');
  while (path.starts_with("./")) path.erase(0, 2);
  return path;
}

std::string base_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// Whether one path ends with the other, folder by folder.
bool ends_alike(const std::string& a, const std::string& b) {
  const std::string& longer = a.size() >= b.size() ? a : b;
  const std::string& shorter = a.size() >= b.size() ? b : a;
  return longer.ends_with(shorter) && (longer.size() == shorter.size() || shorter.empty() ||
                                       longer[longer.size() - shorter.size() - 1] == '/');
}

[[noreturn]] void fail_as_unknown(const ImageMention& mention) {
  fail(ErrorKind::bad_input, "{}: found {}, which is no image of the truth", mention.where,
       mention.text.empty() ? "nothing" : mention.text);
}

}  // namespace

std::string without_image_suffix(const std::string& path) {
  static const std::vector<std::string> suffixes = {".png", ".jpg", ".jpeg", ".tif",  ".tiff",
                                                    ".bmp", ".pgm", ".dcm",  ".dicom"};
  const std::string lower = lower_case(path);
  for (const std::string& suffix : suffixes) {
    if (lower.ends_with(suffix) && lower.size() > suffix.size())
      return path.substr(0, path.size() - suffix.size());
  }
  return path;
}

ImageLookup::ImageLookup(const Cohort& truth) {
  for (const ImageRecord& image : truth.images) {
    const std::string path = plain_path(image.file_name);
    by_id_.emplace(image.id, &image);
    by_path_.emplace(path, &image);
    by_base_[base_of(path)].push_back(&image);
    by_stem_[without_image_suffix(base_of(path))].push_back(&image);
  }
}

const ImageRecord& ImageLookup::by_id(const ImageMention& mention) const {
  const std::optional<int64_t> id = integer_of(mention.text);
  const auto found = id ? by_id_.find(*id) : by_id_.end();
  if (found != by_id_.end()) return *found->second;
  fail_as_unknown(mention);
}

ImageLookup::Candidates ImageLookup::candidates(const std::string& path) const {
  const auto base = by_base_.find(base_of(path));
  if (base != by_base_.end()) return base->second;
  const auto stem = by_stem_.find(without_image_suffix(base_of(path)));
  return stem == by_stem_.end() ? Candidates{} : stem->second;
}

const ImageRecord& ImageLookup::by_name(const ImageMention& mention) const {
  const std::string path = plain_path(mention.text);
  const auto whole = by_path_.find(path);
  if (whole != by_path_.end()) return *whole->second;
  Candidates found = path.empty() ? Candidates{} : candidates(path);
  if (found.size() > 1) {
    Candidates alike;
    for (const ImageRecord* image : found) {
      if (ends_alike(without_image_suffix(plain_path(image->file_name)),
                     without_image_suffix(path))) {
        alike.push_back(image);
      }
    }
    if (!alike.empty()) found = alike;
  }
  if (found.size() == 1) return *found.front();
  if (found.empty()) fail_as_unknown(mention);
  fail(ErrorKind::bad_input, "{}: found {}, which may be {} or {} of the truth", mention.where,
       mention.text, found[0]->file_name, found[1]->file_name);
}

std::vector<const ImageRecord*> ImageLookup::find(const std::vector<ImageMention>& mentions,
                                                  const std::string& image_by,
                                                  bool prefers_ids) const {
  using Found = std::vector<const ImageRecord*>;
  const auto all = [&](bool ids) {
    Found found;
    for (const ImageMention& mention : mentions)
      found.push_back(ids ? &by_id(mention) : &by_name(mention));
    return found;
  };
  if (image_by != "auto") return all(image_by == "id");
  const auto try_all = [&](bool ids) -> std::optional<Found> {
    try {
      return all(ids);
    } catch (const Error&) {
      return std::nullopt;
    }
  };
  const std::optional<Found> other = try_all(!prefers_ids);
  const std::optional<Found> preferred = try_all(prefers_ids);
  if (!preferred) return other ? *other : all(prefers_ids);
  if (other && *other != *preferred) {
    const size_t at =
        std::mismatch(other->begin(), other->end(), preferred->begin()).first - other->begin();
    log_warning(
        fmt::format("{}: found {}, which is an id and a name in the truth; taken for {} (image_by)",
                    mentions[at].where, mentions[at].text, prefers_ids ? "ids" : "names"));
  }
  return *preferred;
}

}  // namespace mammograft
