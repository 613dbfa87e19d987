#include "exchange/truth_csv.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "cohort/box_form.h"
#include "cohort/laterality.h"
#include "core/csv.h"
#include "core/error.h"
#include "core/text.h"
#include "core/utf8.h"
#include "exchange/box_columns.h"
#include "exchange/cell.h"
#include "exchange/table_columns.h"

namespace mammograft {

namespace {

constexpr int64_t kLargestSide = 1 << 20;

struct TruthRow {
  int line = 0;
  std::string image;  // its file_name
  std::string category;
  Annotation annotation;  // without ids
};

// What the rows tell of one image, and the line that told it first.
struct TruthImage {
  ImageRecord record;
  std::optional<int64_t> own_id;  // of a column image_id
  bool told_status = false, has_mass = false;
  int line = 0;
};

Status status_of(const std::string& text, const std::string& where) {
  if (const auto status = status_from(lower_case(text))) return *status;
  fail(ErrorKind::bad_input, "{}: found \"{}\", expected normal, mass, other or unknown", where,
       text);
}

class TruthTable {
 public:
  TruthTable(const std::filesystem::path& path, const TableOptions& options)
      : name_(readable(path.string())),
        table_(path),
        columns_(table_, options.columns, name_),
        decimal_comma_(table_.separator() == ';'),
        boxes_(columns_, options.boxes, decimal_comma_),
        image_(columns_.need("image")),
        width_(size_column("image_width", "width")),
        height_(size_column("image_height", "height")) {
    for (const char* role : {"patient", "laterality", "view", "spacing", "status", "split",
                             "category", "size_mm", "ignore"}) {
      if (const auto column = columns_.find(role)) used_[role] = *column;
    }
    image_id_ = columns_.first_of({"image_id"});
    while (table_.next()) read_row();
    check_boxes();
  }

  Cohort cohort() {
    Cohort cohort;
    number_images(cohort);
    number_categories(cohort);
    number_masses(cohort);
    return cohort;
  }

 private:
  size_t size_column(const std::string& role, const std::string& plain) const {
    if (const auto column = columns_.find(role)) return *column;
    const auto column = columns_.first_of({plain});
    if (column && !boxes_.uses(*column)) return *column;
    return columns_.need(role);  // which fails
  }

  std::string at_line(int line) const { return fmt::format("{}: line {}", name_, line); }
  std::string at_column(size_t column) const {
    return fmt::format("{}: {}", at_line(table_.line()), table_.columns()[column]);
  }

  std::string text_in(const char* role) const {
    const auto column = used_.find(role);
    return column == used_.end() ? "" : trimmed(table_.fields()[column->second]);
  }
  std::string at(const char* role) const { return at_column(used_.at(role)); }

  int side_in(size_t column) const {
    const std::optional<int64_t> side = integer_of(table_.fields()[column]);
    if (side && *side >= 1 && *side <= kLargestSide) return static_cast<int>(*side);
    fail(ErrorKind::bad_input, "{}: found \"{}\", expected a size between 1 and {} pixels",
         at_column(column), table_.fields()[column], kLargestSide);
  }

  std::optional<std::array<double, 2>> spacing() const {
    const std::string text = text_in("spacing");
    if (text.empty()) return std::nullopt;
    const std::optional<double> one = number_of(text, decimal_comma_);
    const auto several =
        one ? std::vector<double>{*one, *one} : numbers_of(text).value_or(std::vector<double>{});
    if (several.size() != 2 || several[0] <= 0 || several[1] <= 0) {
      fail(ErrorKind::bad_input,
           "{}: found \"{}\", expected millimetres: one number above 0, or "
           "two (row, column)",
           at("spacing"), text);
    }
    return std::array<double, 2>{several[0], several[1]};
  }

  ImageRecord image_record() const {
    ImageRecord image;
    image.file_name = trimmed(table_.fields()[image_]);
    if (image.file_name.empty()) {
      fail(ErrorKind::bad_input, "{}: found nothing, expected an image", at_column(image_));
    }
    image.width = side_in(width_);
    image.height = side_in(height_);
    image.patient_id = text_in("patient");
    const std::string side = text_in("laterality");
    if (!side.empty()) image.laterality = laterality_from(side, at("laterality"));
    image.view = upper_case(text_in("view"));
    image.pixel_spacing_mm = spacing();
    image.split = text_in("split");
    const std::string status = text_in("status");
    if (!status.empty()) image.status = status_of(status, at("status"));
    return image;
  }

  void read_row() {
    const ImageRecord record = image_record();
    TruthImage& image = images_[record.file_name];
    if (image.line == 0) {
      image.line = table_.line();
      image.record = record;
      image.told_status = !text_in("status").empty();
      if (image_id_) image.own_id = integer_of(table_.fields()[*image_id_]);
    } else {
      check_same(image, record);
    }
    const std::string where = at_line(table_.line()) + ": box";
    const auto numbers = boxes_.numbers(table_.fields(), where);
    if (!numbers) return;
    TruthRow row;
    row.line = table_.line();
    row.image = record.file_name;
    row.category = text_in("category").empty() ? "mass" : text_in("category");
    row.annotation = annotation();
    row.annotation.bbox = box_from_numbers(*numbers, boxes_.meaning(), record, where);
    image.has_mass = image.has_mass || !row.annotation.ignore;
    form_.add(row.annotation.bbox, record.width, record.height);
    rows_.push_back(std::move(row));
  }

  void check_same(const TruthImage& first, const ImageRecord& now) const {
    const auto check = [&](const char* what, const auto& before, const auto& after) {
      if (before == after) return;
      fail(ErrorKind::bad_input, "{}: {} of {}: found \"{}\", expected that of line {}, \"{}\"",
           at_line(table_.line()), what, now.file_name, after, first.line, before);
    };
    const ImageRecord& then = first.record;
    const auto spacing_of = [](const ImageRecord& image) {
      return image.pixel_spacing_mm
                 ? fmt::format("{} {}", (*image.pixel_spacing_mm)[0], (*image.pixel_spacing_mm)[1])
                 : "";
    };
    check("width", then.width, now.width);
    check("height", then.height, now.height);
    check("patient", then.patient_id, now.patient_id);
    check("laterality", then.laterality, now.laterality);
    check("view", then.view, now.view);
    check("pixel spacing", spacing_of(then), spacing_of(now));
    check("split", then.split, now.split);
    check("status", to_string(then.status), to_string(now.status));
    if (!image_id_) return;
    const std::optional<int64_t> id = integer_of(table_.fields()[*image_id_]);
    check("image_id", first.own_id.value_or(-1), id.value_or(-1));
  }

  Annotation annotation() const {
    Annotation annotation;
    annotation.mask_origin = MaskOrigin::box;
    const std::string size = text_in("size_mm");
    if (!size.empty()) {
      annotation.size_mm = number_of(size, decimal_comma_);
      if (!annotation.size_mm || *annotation.size_mm <= 0) {
        fail(ErrorKind::bad_input, "{}: found \"{}\", expected a number above 0", at("size_mm"),
             size);
      }
    }
    const std::string ignore = lower_case(text_in("ignore"));
    annotation.ignore = ignore == "1" || ignore == "true";
    if (!annotation.ignore && !ignore.empty() && ignore != "0" && ignore != "false") {
      fail(ErrorKind::bad_input, "{}: found \"{}\", expected 0 or 1", at("ignore"), ignore);
    }
    annotation.attributes = attributes();
    return annotation;
  }

  bool is_attribute(size_t column) const {
    return column != image_ && column != width_ && column != height_ && column != image_id_ &&
           !boxes_.uses(column) && std::none_of(used_.begin(), used_.end(), [&](const auto& item) {
             return item.second == column;
           });
  }

  Json attributes() const {
    Json attributes = Json::object();
    for (size_t i = 0; i < columns_.size(); ++i) {
      const std::string text = trimmed(table_.fields()[i]);
      if (!is_attribute(i) || text.empty()) continue;
      const std::optional<int64_t> whole = integer_of(text);
      const std::optional<double> number = number_of(text, decimal_comma_);
      if (whole) {
        attributes[columns_.name_of(i)] = *whole;
      } else if (number) {
        attributes[columns_.name_of(i)] = *number;
      } else {
        attributes[columns_.name_of(i)] = text;
      }
    }
    return attributes;
  }

  // Of fractions first: as pixels they are tiny, which is legal.
  void check_boxes() {
    if (form_.are_fractions()) {
      fail(ErrorKind::bad_input, "{}: {}; truth_boxes {}-fractions takes them as they are", name_,
           form_.suspicion(), to_string(boxes_.meaning()));
    }
    for (TruthRow& row : rows_) {
      const ImageRecord& image = images_.at(row.image).record;
      row.annotation.bbox = inside(row.annotation.bbox, image, at_line(row.line) + ": box");
    }
  }

  Box inside(const Box& box, const ImageRecord& image, const std::string& where) const {
    if (leaves_image(box, image.width, image.height)) {
      const bool corners = boxes_.meaning() == BoxMeaning{BoxNumbers::xywh, false} &&
                           fits_as_corners(box, image.width, image.height);
      fail(ErrorKind::bad_input,
           "{}: found x {} to {} and y {} to {}, expected a box inside the image of {} x {}{}",
           where, box.x0, box.x1, box.y0, box.y1, image.width, image.height,
           corners ? " (found x0, y0, x1, y1? truth_boxes xyxy takes them so)" : "");
    }
    const Box clipped = intersection(box, {0, 0, double(image.width), double(image.height)});
    if (!clipped.empty()) return clipped;
    fail(ErrorKind::bad_input, "{}: found an empty box ({} x {} inside the image)", where,
         std::max(0.0, clipped.width()), std::max(0.0, clipped.height()));
  }

  // In the order of the names, which is the map's.
  void number_images(Cohort& cohort) {
    const bool have_ids = std::all_of(images_.begin(), images_.end(), [](const auto& item) {
      return item.second.own_id.has_value();
    });
    std::map<int64_t, const TruthImage*> with_id;
    for (const auto& [name, image] : images_) {
      if (!have_ids) break;
      const auto [first, is_new] = with_id.emplace(*image.own_id, &image);
      if (is_new) continue;
      fail(ErrorKind::bad_input, "{}: image_id: found {} of {} and of {}", name_, *image.own_id,
           first->second->record.file_name, name);
    }
    for (auto& [name, image] : images_) {
      image.record.id = have_ids ? *image.own_id : static_cast<int64_t>(cohort.images.size()) + 1;
      if (!image.told_status) image.record.status = image.has_mass ? Status::mass : Status::normal;
      cohort.images.push_back(image.record);
    }
  }

  void number_categories(Cohort& cohort) {
    std::set<std::string> names;
    for (const TruthRow& row : rows_) names.insert(row.category);
    if (names.empty()) names.insert("mass");
    const bool are_ids = std::all_of(names.begin(), names.end(), [](const std::string& name) {
      return integer_of(name).has_value();
    });
    for (const std::string& name : names) {
      const int64_t place = static_cast<int64_t>(cohort.categories.size()) + 1;
      category_ids_[name] = are_ids ? *integer_of(name) : place;
      cohort.categories.push_back({category_ids_[name], name});
    }
  }

  void number_masses(Cohort& cohort) {
    for (TruthRow& row : rows_) {
      row.annotation.image_id = images_.at(row.image).record.id;
      row.annotation.category_id = category_ids_.at(row.category);
      cohort.annotations.push_back(std::move(row.annotation));
    }
    std::sort(cohort.annotations.begin(), cohort.annotations.end(),
              [](const Annotation& a, const Annotation& b) {
                const auto key = [](const Annotation& x) {
                  return std::tuple(x.image_id, x.bbox.x0, x.bbox.y0, x.bbox.x1, x.bbox.y1,
                                    x.category_id, x.ignore, x.attributes.dump());
                };
                return key(a) < key(b);
              });
    int64_t id = 0;
    for (Annotation& annotation : cohort.annotations) annotation.id = ++id;
  }

  std::string name_;
  CsvReader table_;
  TableColumns columns_;
  bool decimal_comma_;
  BoxColumns boxes_;
  size_t image_, width_, height_;
  std::optional<size_t> image_id_;
  std::map<std::string, size_t> used_;  // column by role
  std::map<std::string, TruthImage> images_;
  std::vector<TruthRow> rows_;
  std::map<std::string, int64_t> category_ids_;
  BoxForm form_;
};

}  // namespace

Cohort read_truth_csv(const std::filesystem::path& path, const TableOptions& options) {
  Cohort cohort = TruthTable(path, options).cohort();
  cohort.folder = path.parent_path();
  return cohort;
}

}  // namespace mammograft
