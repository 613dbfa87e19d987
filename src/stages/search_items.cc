#include "stages/search_items.h"

#include <algorithm>
#include <set>

#include "dicom/dicom_files.h"
#include "dicom/findings.h"
#include "dicom/stored_pixels.h"
#include "image/image_files.h"
#include "image/image_io.h"
#include "image/value_bits.h"

namespace mammograft {

namespace {

// The inputs by what they hold.
struct Sorted {
  std::vector<std::string> pictures;  // files, and folders with pictures in them
  std::vector<std::filesystem::path> dicom;
};

Sorted sort_inputs(const std::vector<std::string>& inputs) {
  Sorted sorted;
  std::set<std::filesystem::path> dicom;
  for (const std::string& input : inputs) {
    const bool folder = std::filesystem::is_directory(input);
    const bool any_dicom = folder || looks_like_dicom(input);
    const auto found = any_dicom ? dicom_files({input}) : std::vector<std::filesystem::path>();
    dicom.insert(found.begin(), found.end());
    if (found.empty() || (folder && holds_images(input))) sorted.pictures.push_back(input);
  }
  sorted.dicom.assign(dicom.begin(), dicom.end());
  return sorted;
}

cv::Mat dicom_pixels(const std::filesystem::path& path, const LooseOptions& options) {
  const DicomFile file(path);
  return grey_picture(file, decode_pixels(file, options.threads), options.grey).image.pixels;
}

SearchItem dicom_item(const DicomImage& image, const LooseOptions& options) {
  SearchItem item;
  item.name = image.file.string();
  item.read = [path = image.file, options] { return dicom_pixels(path, options); };
  item.spacing_mm = image.header.spacing_mm;
  item.view = image.header.view;
  item.group = image.header.study;
  return item;
}

// Nothing where the file is left out.
std::optional<DicomImage> look_at(const std::filesystem::path& path, const LooseOptions& options,
                                  int64_t place, LeftOutFiles& left_out) {
  try {
    const DicomFile file(path);
    if (const auto reason = reason_to_leave_out(file, options.selection)) {
      left_out.add(path, *reason, place);
      return std::nullopt;
    }
    DicomImage image{path, read_mammogram(file)};
    if (options.to_be_referred_to) check_references(file, image.header);
    return image;
  } catch (const Error& error) {
    if (!options.keep_going) throw;
    left_out.add(path, error.what(), place);
  }
  return std::nullopt;
}

SearchItem picture_item(const std::filesystem::path& file) {
  SearchItem item;
  item.name = file.string();
  item.read = [file] { return read_full_scale(file); };
  return item;
}

}  // namespace

LooseFiles loose_files(const std::vector<std::string>& inputs, const LooseOptions& options) {
  const Sorted sorted = sort_inputs(inputs);
  LooseFiles loose;
  std::map<std::string, DicomImage> dicom;             // by name
  std::map<std::string, std::filesystem::path> first;  // by SOP Instance UID
  int64_t place = 0;
  for (const std::filesystem::path& path : sorted.dicom) {
    std::optional<DicomImage> image = look_at(path, options, place++, loose.left_out);
    if (!image) continue;
    const auto [same, is_new] = first.emplace(image->header.instance, path);
    if (!is_new && !image->header.instance.empty()) {
      loose.left_out.add(path, fmt::format("is a copy of {}", same->second.string()), place - 1);
      continue;
    }
    loose.items.push_back(dicom_item(*image, options));
    dicom.emplace(loose.items.back().name, std::move(*image));
  }
  if (!sorted.pictures.empty()) {
    for (const auto& file : image_files(sorted.pictures, options.keep_going))
      loose.items.push_back(picture_item(file));
  }
  if (loose.items.empty())
    fail(ErrorKind::bad_input, "not one of {} DICOM files is a mammogram; first: {}",
         sorted.dicom.size(), loose.left_out.first());
  std::sort(loose.items.begin(), loose.items.end(),
            [](const SearchItem& a, const SearchItem& b) { return a.name < b.name; });
  for (SearchItem& item : loose.items) {
    item.image_id = &item - loose.items.data() + 1;
    if (options.mm_per_px > 0) item.spacing_mm = {options.mm_per_px, options.mm_per_px};
    const auto found = dicom.find(item.name);
    if (found != dicom.end()) loose.dicom.emplace(item.image_id, std::move(found->second));
  }
  return loose;
}

void check_one_source(const std::string& stage, const CohortPart& part,
                      const std::vector<std::string>& files) {
  if (part.cohorts.empty() == files.empty())
    fail(ErrorKind::usage, "{}: expected --cohort or files, not both", stage);
  part.check();
}

std::vector<SearchItem> cohort_items(const Cohort& cohort) {
  std::vector<SearchItem> items;
  for (const ImageRecord& image : cohort.images) {
    items.push_back({image.id, image.file_name,
                     [&cohort, &image] { return read_pixels(cohort, image); },
                     image.pixel_spacing_mm, image.view, image.patient_id, 0});
  }
  return items;
}

std::vector<SearchItem> shard_items(std::vector<SearchItem> items, const Shard& shard) {
  int64_t place = 0;
  for (SearchItem& item : items) item.place = place++;
  std::erase_if(items, [&](const SearchItem& item) {
    return !shard.holds(item.group.empty() ? item.name : item.group);
  });
  return items;
}

}  // namespace mammograft
