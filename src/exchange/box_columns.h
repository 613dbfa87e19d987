// The columns of a table that hold the four numbers of boxes, and what they mean.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "exchange/box_numbers.h"
#include "exchange/table_columns.h"

namespace mammograft {

class BoxColumns {
 public:
  // `boxes` is the option of that name: it comes before what the columns' names say. Corners are
  // looked for first, then centres, then sizes, then one column with four numbers. Throws bad_input
  // naming the table where there are none.
  BoxColumns(const TableColumns& columns, const std::string& boxes, bool decimal_comma);

  const BoxMeaning& meaning() const { return meaning_; }
  bool uses(size_t column) const;

  // The numbers of a row; nothing where all its cells are empty. Throws bad_input beginning with
  // `where`: half a box, what is no number.
  std::optional<std::array<double, 4>> numbers(const std::vector<std::string>& fields,
                                               const std::string& where) const;

 private:
  std::vector<size_t> columns_;  // four, or one with all
  BoxMeaning meaning_;
  bool decimal_comma_;
};

}  // namespace mammograft
