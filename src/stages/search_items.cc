#include "stages/search_items.h"

#include <algorithm>

#include "core/files.h"
#include "image/image_io.h"
#include "image/value_bits.h"

namespace mammograft {
namespace {

std::vector<fs::path> image_files(const std::vector<std::string>& inputs) {
  std::vector<fs::path> files;
  for (const std::string& input : inputs) {
    if (!fs::is_directory(input)) {
      files.emplace_back(input);
      continue;
    }
    const size_t before = files.size();
    for (const auto& entry : fs::recursive_directory_iterator(input)) {
      if (entry.is_regular_file() && looks_like_image(entry.path())) files.push_back(entry.path());
    }
    if (files.size() == before)
      fail(ErrorKind::bad_input, "{}: no image in this folder (png, jpg, pgm)", input);
  }
  std::sort(files.begin(), files.end());
  files.erase(std::unique(files.begin(), files.end()), files.end());
  return files;
}

}  // namespace

std::vector<SearchItem> loose_items(const std::vector<std::string>& inputs, double mm_per_px) {
  std::vector<SearchItem> items;
  for (const fs::path& file : image_files(inputs)) {
    SearchItem item;
    item.image_id = static_cast<int64_t>(items.size()) + 1;  // place in sorted order, from 1
    item.name = file.string();
    item.read = [file] { return read_full_scale(file); };
    if (mm_per_px > 0) item.spacing_mm = {mm_per_px, mm_per_px};
    items.push_back(std::move(item));
  }
  return items;
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
                     image.pixel_spacing_mm, image.view});
  }
  return items;
}

}  // namespace mammograft
