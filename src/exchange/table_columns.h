// Which column of somebody's table holds what, by its name.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/csv.h"
#include "exchange/exchange_options.h"

namespace mammograft {

// Names are compared without case; spaces, dots and hyphens in them are as underscores. What is
// recognised, the first that is there:
//   image         file_name, filename, file, path, image_path, image_file, image_name, image, img,
//                 image_id, imageid, img_id, sop_instance_uid
//   score         score, confidence, conf, probability, prob, rating
//   category      category, category_id, category_name, class, class_id, class_name, label
//   x0 y0 x1 y1   x0..y1; xmin, ymin, xmax, ymax; x_min..; x1, y1, x2, y2; left, top, right,
//   bottom;
//                 each also with bbox_ or box_ before it
//   x y width height      x, y, w, h; left, top, width, height; each also with bbox_ or box_
//   cx cy width height    cx, cy, w, h; x_center, y_center; center_x, center_y; xc, yc; also
//   bbox_.. box           bbox, box: four numbers in one cell patient       patient_id, patient,
//   patientid, case_id, subject_id, subject, study_id laterality    laterality, image_laterality,
//   side, breast, left_or_right_breast view          view, view_position, image_view image_width
//   image_width, img_width, columns, cols; width where it is not the box's image_height
//   image_height, img_height, rows; height where it is not the box's spacing pixel_spacing_mm,
//   pixel_spacing, imager_pixel_spacing, spacing_mm, spacing status, split, size_mm, ignore (or
//   iscrowd)
class TableColumns {
 public:
  // `given` ("score=malignancy") comes before the names. Throws usage for what is not of that form
  // or no role above, bad_input naming the table where it has no such column.
  TableColumns(const CsvReader& table, const std::vector<std::string>& given, std::string name);

  std::optional<size_t> find(const std::string& role) const;
  size_t need(const std::string& role) const;  // bad_input naming what was expected and found

  // The first of `names` that is a column.
  std::optional<size_t> first_of(const std::vector<std::string>& names) const;

  const std::string& name_of(size_t column) const { return columns_[column]; }  // as compared
  const std::string& table() const { return table_; }
  size_t size() const { return columns_.size(); }
  bool is_given(const std::string& role) const;

 private:
  std::vector<std::string> columns_;
  std::string table_;
  std::vector<std::pair<std::string, size_t>> given_;
};

}  // namespace mammograft
