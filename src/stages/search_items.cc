#include "stages/search_items.h"

#include "image/image_files.h"
#include "image/image_io.h"
#include "image/value_bits.h"

namespace mammograft {

std::vector<SearchItem> loose_items(const std::vector<std::string>& inputs, double mm_per_px,
                                    bool keep_going) {
  std::vector<SearchItem> items;
  for (const std::filesystem::path& file : image_files(inputs, keep_going)) {
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
