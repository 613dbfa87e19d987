// Tables: one form for the page, for CSV and for JSON.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "core/json.h"

namespace mammograft {

using Cell = std::variant<std::monostate, int64_t, double, std::string>;  // monostate: not known

Cell finite_cell(double value);  // not known where it is NaN or infinite

struct Column {
  std::string key;    // in CSV and JSON: "tpr_low"
  std::string title;  // on the page: "TPR, lower bound"
  int digits = 3;     // of doubles on the page; files have full precision
};

struct Table {
  std::vector<Column> columns;
  std::vector<std::vector<Cell>> rows;  // every row as long as `columns`
};

// RFC 4180 with a header line of keys; fields with a comma, a quote or a line break are quoted,
// lines end in \n. Doubles in the shortest form that reads back the same; not known and NaN: empty.
std::string to_csv(const Table& table);
Json table_json(const Table& table);  // an array of objects; not known, NaN and infinity: null
void write_csv(const std::filesystem::path& path, const Table& table);  // atomic

std::string csv_field(const std::string& text);                 // quoted where it must be
std::string cell_text(const Cell& cell, const Column& column);  // for the page; not known: a dash
bool is_number(const Cell& cell);

}  // namespace mammograft
