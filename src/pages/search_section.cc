#include "pages/search_section.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "cohort/detections.h"
#include "core/error.h"
#include "core/files.h"

namespace mammograft {
namespace {

std::set<fs::path> pictures_in(const fs::path& folder) {
  std::set<fs::path> files;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none))
    if (entry.path().extension() == ".jpg") files.insert(entry.path());
  return files;
}

// "cbis-ddsm-light 1.0.0", or what else is known of a detector.
std::string detector_name(const Json& model) {
  const Json release = model.value("release", Json());
  if (release.is_null()) return fmt::format("a detector ({})", model.value("arch", "several"));
  return fmt::format("the detector {} {}", release.value("name", ""), release.value("version", ""));
}

// Which detections are outlined, where the search was shown at an operating point.
std::string shown_text(const Json& model) {
  const Json used = model.value("scores_used", Json::object());
  const Json point = used.value("operating_point", Json());
  if (point.is_null()) return "";
  return fmt::format(
      "Outlined is what lies above its threshold for {:g} false positives an image. ",
      point.value("fppi", 0.0));
}

}  // namespace

Section search_section(const std::filesystem::path& folder) {
  const fs::path file = folder / "detections.json", overlays = folder / "overlays";
  const std::optional<DetectionsMeta> meta = read_detections_meta(file);
  if (!meta)
    fail(ErrorKind::io, "{}: not there, expected what mammograft detect writes",
         detections_meta_path(file).string());
  Gallery gallery;
  for (const fs::path& picture : pictures_in(overlays))
    gallery.pictures.push_back(
        {read_file(picture), picture.stem().string(), "mammogram with what was found outlined"});
  if (gallery.pictures.empty())
    fail(ErrorKind::io, "{}: no pictures, expected those of mammograft detect --overlays all",
         overlays.string());
  const size_t count = gallery.pictures.size();
  const std::string text = fmt::format(
      "What {} found in {}. {}Beside each outline stands its score. Nobody has judged these "
      "findings.",
      detector_name(meta->model), count == 1 ? "a mammogram" : fmt::format("{} mammograms", count),
      shown_text(meta->model));
  return {"Mammograms", {Paragraph{text}, gallery}};
}

}  // namespace mammograft
