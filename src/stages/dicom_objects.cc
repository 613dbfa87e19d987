#include "stages/dicom_objects.h"

#include <algorithm>
#include <ctime>

#include "core/files.h"
#include "core/log.h"
#include "dicom/cad_sr.h"
#include "dicom/measurement_sr.h"
#include "dicom/presentation_state.h"
#include "dicom/segmentation.h"
#include "prepare/diameter.h"

namespace mammograft {
namespace {

bool wants(const ObjectOptions& options, const char* kind) {
  return std::find(options.objects.begin(), options.objects.end(), kind) != options.objects.end();
}

ContentTime now() {
  const std::time_t time = std::time(nullptr);
  std::tm local{};
  ::localtime_r(&time, &local);
  char date[16], clock[16];
  std::strftime(date, sizeof(date), "%Y%m%d", &local);
  std::strftime(clock, sizeof(clock), "%H%M%S", &local);
  return {date, clock};
}

Finding finding_of(const FoundMass& mass, const std::optional<std::array<double, 2>>& spacing_mm) {
  Annotation region;
  region.bbox = mass.box;
  Finding finding{mass.box, {}, mass.score, std::nullopt};
  if (mass.mask) {
    region.segmentation = *mass.mask;
    finding.outline = contours(decode_rle(*mass.mask) * 255, 0.5);
  }
  if (spacing_mm) finding.size_mm = largest_diameter_mm(region, *spacing_mm);
  return finding;
}

// Of the default character repertoire, whatever that of the image is (PS3.5 6.1.2.1).
std::string in_ascii(std::string text) {
  for (char& c : text) {
    if (c < ' ' || c > '~') c = '?';
  }
  return text;
}

void write_of_image(const fs::path& folder, const SearchedImage& image, const Algorithm& algorithm,
                    const ContentTime& time, const ObjectOptions& options) {
  const std::string name = image.mammogram.instance + ".dcm";
  if (wants(options, "seg")) write_segmentation(folder / ("seg-" + name), image, algorithm, time);
  if (wants(options, "gsps"))
    write_presentation_state(folder / ("gsps-" + name), image, algorithm, time);
}

}  // namespace

void check(const ObjectOptions& options) {
  for (const std::string& kind : options.objects) {
    if (kind != "cad-sr" && kind != "tid1500" && kind != "seg" && kind != "gsps") {
      fail(ErrorKind::usage, "--objects: found {}, expected cad-sr, tid1500, seg or gsps", kind);
    }
  }
}

void DicomObjects::add(const SearchItem& item, const std::vector<FoundMass>& found) {
  if (options_.objects.empty() || images_.count(item.image_id) == 0) return;
  Found& kept = found_[item.image_id];
  kept.spacing_mm = item.spacing_mm;
  for (const FoundMass& mass : found) {
    if (mass.score >= min_score_) kept.masses.push_back(mass);
  }
}

SearchedImage DicomObjects::searched(int64_t image_id) const {
  const DicomImage& image = images_.at(image_id);
  std::vector<Finding> findings;
  const Found& found = found_.at(image_id);
  for (const FoundMass& mass : found.masses) findings.push_back(finding_of(mass, found.spacing_mm));
  return searched_image(DicomFile(image.file), std::move(findings));
}

void DicomObjects::write(const fs::path& out, Algorithm algorithm) const {
  const std::string at = algorithm.operating_point.empty() ? "" : ": " + algorithm.operating_point;
  algorithm.operating_point = fmt::format("score >= {:g}{}", min_score_, at);
  algorithm.model = in_ascii(algorithm.model);
  if (!options_.objects.empty() && images_.empty())
    log_warning("--objects: none are made: no file that was searched is DICOM");
  std::map<std::string, std::vector<int64_t>> studies;
  for (const auto& [id, found] : found_) studies[images_.at(id).header.study].push_back(id);
  const ContentTime time = now();
  for (const auto& [study, ids] : studies) {
    const fs::path folder = out / "objects" / study;
    create_folder(folder);
    std::vector<SearchedImage> images;
    for (const int64_t id : ids) images.push_back(searched(id));
    for (const SearchedImage& image : images)
      write_of_image(folder, image, algorithm, time, options_);
    if (wants(options_, "cad-sr")) write_cad_sr(folder / "cad-sr.dcm", images, algorithm, time);
    if (wants(options_, "tid1500"))
      write_measurement_sr(folder / "tid1500.dcm", images, algorithm, time);
  }
  if (!studies.empty()) {
    log_info(fmt::format("{}: DICOM objects of {} studies, for research use only",
                         (out / "objects").string(), studies.size()));
  }
}

}  // namespace mammograft
