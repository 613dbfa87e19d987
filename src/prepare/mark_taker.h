// Marks of segmentations and reports, as annotations of the images that they are on.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "prepare/import_plan.h"
#include "prepare/marks.h"

namespace mammograft {

class MarkTaker {
 public:
  // Images by SOP Instance UID; they must outlive it.
  explicit MarkTaker(std::map<std::string, SourceImage*> images) : images_(std::move(images)) {}

  // Those of one object, the file `object`. Marks of masses become annotations, but where another
  // object has marked the same mass before: a drawing is often kept twice, as a segmentation and as
  // a report. An image with other marks alone is `other`. Warns of masks that are not of the size
  // of their image. False: a mark is on an image that is not among them.
  bool take(const std::filesystem::path& object, const std::vector<Mark>& marks);
  // Whether a mark is on it, be it one that could not be taken.
  bool is_marked(const SourceImage& image) const { return marked_.contains(&image); }
  void report() const;  // logs how many

 private:
  void add(const Mark& mark, SourceImage& image, size_t of_other_objects);

  std::map<std::string, SourceImage*> images_;
  std::set<const SourceImage*> marked_;
  int masses_ = 0, other_kinds_ = 0, known_ = 0, elsewhere_ = 0, without_inside_ = 0;
};

}  // namespace mammograft
