#include "exchange/table_columns.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "core/error.h"
#include "core/text.h"

namespace mammograft {

namespace {

using ColumnNames = std::vector<std::string>;

// Of the numbers of boxes see exchange/box_columns.cc: they count together only.
const std::map<std::string, ColumnNames>& names_of_roles() {
  static const std::map<std::string, ColumnNames> names = {
      {"image",
       {"file_name", "filename", "file", "path", "image_path", "image_file", "image_name", "image",
        "img", "image_id", "imageid", "img_id", "sop_instance_uid"}},
      {"score", {"score", "confidence", "conf", "probability", "prob", "rating"}},
      {"category",
       {"category", "category_id", "category_name", "class", "class_id", "class_name", "label"}},
      {"box", {"bbox", "box"}},
      {"patient",
       {"patient_id", "patient", "patientid", "case_id", "subject_id", "subject", "study_id"}},
      {"laterality", {"laterality", "image_laterality", "side", "breast", "left_or_right_breast"}},
      {"view", {"view", "view_position", "image_view"}},
      {"image_width", {"image_width", "img_width", "columns", "cols"}},
      {"image_height", {"image_height", "img_height", "rows"}},
      {"spacing",
       {"pixel_spacing_mm", "pixel_spacing", "imager_pixel_spacing", "spacing_mm", "spacing"}},
      {"status", {"status"}},
      {"split", {"split"}},
      {"size_mm", {"size_mm"}},
      {"ignore", {"ignore", "iscrowd"}},
      {"x", {}},
      {"y", {}},
      {"width", {}},
      {"height", {}},
      {"x0", {}},
      {"y0", {}},
      {"x1", {}},
      {"y1", {}},
      {"cx", {}},
      {"cy", {}},
  };
  return names;
}

std::string plain_name(const std::string& text) {
  std::string name = lower_case(trimmed(text));
  for (char& c : name) {
    if (c == ' ' || c == '-' || c == '.') c = '_';
  }
  return name;
}

}  // namespace

TableColumns::TableColumns(const CsvReader& table, const std::vector<std::string>& given,
                           std::string name)
    : table_(std::move(name)) {
  for (const std::string& column : table.columns()) columns_.push_back(plain_name(column));
  for (const std::string& item : given) {
    const size_t equals = item.find('=');
    const std::string role = plain_name(item.substr(0, equals));
    if (equals == item.npos || names_of_roles().count(role) == 0) {
      std::vector<std::string> roles;
      for (const auto& [known, unused] : names_of_roles()) roles.push_back(known);
      fail(ErrorKind::usage, "columns: found \"{}\", expected WHAT=COLUMN with one of {}", item,
           fmt::join(roles, ", "));
    }
    const std::string column = plain_name(item.substr(equals + 1));
    const std::optional<size_t> found = first_of({column});
    if (!found) {
      fail(ErrorKind::bad_input, "{}: found the columns {}, expected {} (columns: {})", table_,
           fmt::join(columns_, ", "), column, item);
    }
    given_.emplace_back(role, *found);
  }
}

std::optional<size_t> TableColumns::first_of(const std::vector<std::string>& names) const {
  for (const std::string& name : names) {
    const auto found = std::find(columns_.begin(), columns_.end(), name);
    if (found != columns_.end()) return static_cast<size_t>(found - columns_.begin());
  }
  return std::nullopt;
}

bool TableColumns::is_given(const std::string& role) const {
  return std::any_of(given_.begin(), given_.end(),
                     [&](const auto& item) { return item.first == role; });
}

std::optional<size_t> TableColumns::find(const std::string& role) const {
  for (const auto& [known, column] : given_) {
    if (known == role) return column;
  }
  return first_of(names_of_roles().at(role));
}

size_t TableColumns::need(const std::string& role) const {
  if (const std::optional<size_t> column = find(role)) return *column;
  fail(ErrorKind::bad_input, "{}: found the columns {}, expected one for {} ({})", table_,
       fmt::join(columns_, ", "), role, fmt::join(names_of_roles().at(role), ", "));
}

}  // namespace mammograft
