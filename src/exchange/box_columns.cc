#include "exchange/box_columns.h"

#include <algorithm>

#include "core/error.h"
#include "core/text.h"
#include "exchange/cell.h"

namespace mammograft {

namespace {

struct NamedNumbers {
  BoxNumbers numbers;
  std::array<const char*, 4> names;
};

// x1, y1 are the first corner beside x2, y2 only: those come first.
constexpr NamedNumbers kNamedNumbers[] = {
    {BoxNumbers::xyxy, {"x1", "y1", "x2", "y2"}},
    {BoxNumbers::xyxy, {"x0", "y0", "x1", "y1"}},
    {BoxNumbers::xyxy, {"xmin", "ymin", "xmax", "ymax"}},
    {BoxNumbers::xyxy, {"x_min", "y_min", "x_max", "y_max"}},
    {BoxNumbers::xyxy, {"left", "top", "right", "bottom"}},
    {BoxNumbers::cxcywh, {"cx", "cy", "width", "height"}},
    {BoxNumbers::cxcywh, {"cx", "cy", "w", "h"}},
    {BoxNumbers::cxcywh, {"x_center", "y_center", "width", "height"}},
    {BoxNumbers::cxcywh, {"x_center", "y_center", "w", "h"}},
    {BoxNumbers::cxcywh, {"center_x", "center_y", "width", "height"}},
    {BoxNumbers::cxcywh, {"center_x", "center_y", "w", "h"}},
    {BoxNumbers::cxcywh, {"xc", "yc", "w", "h"}},
    {BoxNumbers::cxcywh, {"xc", "yc", "width", "height"}},
    {BoxNumbers::xywh, {"x", "y", "w", "h"}},
    {BoxNumbers::xywh, {"x", "y", "width", "height"}},
    {BoxNumbers::xywh, {"left", "top", "width", "height"}},
};

constexpr std::pair<BoxNumbers, std::array<const char*, 4>> kGivenNumbers[] = {
    {BoxNumbers::xyxy, {"x0", "y0", "x1", "y1"}},
    {BoxNumbers::cxcywh, {"cx", "cy", "width", "height"}},
    {BoxNumbers::xywh, {"x", "y", "width", "height"}},
};

// By the option `columns`: with one of the four given all must be.
std::vector<size_t> given_columns(const TableColumns& columns, BoxMeaning& meaning) {
  bool any = false;
  for (const auto& [numbers, roles] : kGivenNumbers) {
    std::vector<size_t> found;
    for (const char* role : roles) {
      if (columns.is_given(role)) found.push_back(columns.find(role).value());
    }
    any = any || !found.empty();
    if (found.size() < roles.size()) continue;
    meaning.numbers = numbers;
    return found;
  }
  if (!any) return {};
  fail(ErrorKind::usage,
       "columns: found some numbers of a box, expected all of x, y, width, height, or of x0, y0, "
       "x1, y1, or of cx, cy, width, height");
}

std::vector<size_t> named_columns(const TableColumns& columns, BoxMeaning& meaning) {
  for (const auto& [numbers, names] : kNamedNumbers) {
    for (const std::string prefix : {"", "bbox_", "box_"}) {
      std::vector<size_t> found;
      for (const std::string name : names) {
        if (const auto column = columns.first_of({prefix + name})) found.push_back(*column);
      }
      if (found.size() < names.size()) continue;
      meaning.numbers = numbers;
      return found;
    }
  }
  return {};
}

}  // namespace

BoxColumns::BoxColumns(const TableColumns& columns, const std::string& boxes, bool decimal_comma)
    : decimal_comma_(decimal_comma) {
  columns_ = given_columns(columns, meaning_);
  if (columns_.empty() && columns.is_given("box")) columns_ = {columns.need("box")};
  if (columns_.empty()) columns_ = named_columns(columns, meaning_);
  if (columns_.empty() && columns.find("box")) columns_ = {columns.need("box")};
  if (columns_.empty()) {
    fail(ErrorKind::bad_input,
         "{}: expected columns of boxes: x, y, width, height, or x0, y0, x1, y1 (xmin, ..; left, "
         "top, right, bottom), or cx, cy, w, h, or bbox",
         columns.table());
  }
  if (const auto said = box_meaning_from(boxes)) meaning_ = *said;
}

bool BoxColumns::uses(size_t column) const {
  return std::find(columns_.begin(), columns_.end(), column) != columns_.end();
}

std::optional<std::array<double, 4>> BoxColumns::numbers(const std::vector<std::string>& fields,
                                                         const std::string& where) const {
  std::array<double, 4> numbers{};
  if (columns_.size() == 1) {
    const auto found = numbers_of(fields[columns_[0]]);
    if (found && found->empty()) return std::nullopt;
    if (!found || found->size() != 4) {
      fail(ErrorKind::bad_input, "{}: found \"{}\", expected the four numbers of a box", where,
           fields[columns_[0]]);
    }
    std::copy(found->begin(), found->end(), numbers.begin());
    return numbers;
  }
  int empty = 0;
  for (size_t i = 0; i < 4; ++i) {
    const std::string& text = fields[columns_[i]];
    const std::optional<double> number = number_of(text, decimal_comma_);
    if (number) {
      numbers[i] = *number;
    } else if (trimmed(text).empty()) {
      ++empty;
    } else {
      fail(ErrorKind::bad_input, "{}: found \"{}\", expected a number", where, text);
    }
  }
  if (empty == 4) return std::nullopt;
  if (empty > 0) fail(ErrorKind::bad_input, "{}: found half a box, expected four numbers", where);
  return numbers;
}

}  // namespace mammograft
