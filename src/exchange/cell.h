// Cells of a table as numbers.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mammograft {

// A finite number, nothing for any other text. With `decimal_comma` (tables between whose fields
// stand semicolons) 0,5 is a half.
std::optional<double> number_of(const std::string& text, bool decimal_comma = false);

// A number without a fraction, of at most 64 bits.
std::optional<int64_t> integer_of(const std::string& text);

// Several in one cell: "[1, 2, 3, 4]", "1 2 3 4", "0.07\0.07"; nothing where one is none.
std::optional<std::vector<double>> numbers_of(const std::string& text);

}  // namespace mammograft
