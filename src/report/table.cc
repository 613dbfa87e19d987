#include "report/table.h"

#include <cmath>

#include "core/error.h"
#include "core/files.h"
#include "core/finite_json.h"

namespace mammograft {
namespace {

std::string csv_cell(const Cell& cell) {
  if (const auto* whole = std::get_if<int64_t>(&cell)) return fmt::format("{}", *whole);
  if (const auto* real = std::get_if<double>(&cell)) {
    return std::isnan(*real) ? std::string() : fmt::format("{}", *real);
  }
  if (const auto* text = std::get_if<std::string>(&cell)) return csv_field(*text);
  return {};
}

Json json_cell(const Cell& cell) {
  if (const auto* whole = std::get_if<int64_t>(&cell)) return *whole;
  if (const auto* real = std::get_if<double>(&cell)) return finite_json(*real);
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  return nullptr;
}

void check_row(const Table& table, const std::vector<Cell>& row) {
  ensure(row.size() == table.columns.size(), "table: a row has {} cells, expected {}", row.size(),
         table.columns.size());
}

}  // namespace

Cell finite_cell(double value) { return std::isfinite(value) ? Cell(value) : Cell(); }

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string to_csv(const Table& table) {
  std::string csv;
  const auto separator = [](size_t i) { return i == 0 ? "" : ","; };
  for (size_t i = 0; i < table.columns.size(); ++i) {
    csv += separator(i);
    csv += csv_field(table.columns[i].key);
  }
  csv += '\n';
  for (const auto& row : table.rows) {
    check_row(table, row);
    for (size_t i = 0; i < row.size(); ++i) {
      csv += separator(i);
      csv += csv_cell(row[i]);
    }
    csv += '\n';
  }
  return csv;
}

Json table_json(const Table& table) {
  Json json = Json::array();
  for (const auto& row : table.rows) {
    check_row(table, row);
    Json object = Json::object();
    for (size_t i = 0; i < row.size(); ++i) object[table.columns[i].key] = json_cell(row[i]);
    json.push_back(std::move(object));
  }
  return json;
}

void write_csv(const std::filesystem::path& path, const Table& table) {
  write_file(path, to_csv(table));
}

bool is_number(const Cell& cell) {
  return std::holds_alternative<int64_t>(cell) || std::holds_alternative<double>(cell);
}

std::string cell_text(const Cell& cell, const Column& column) {
  if (const auto* whole = std::get_if<int64_t>(&cell)) return fmt::format("{}", *whole);
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  const auto* real = std::get_if<double>(&cell);
  if (real == nullptr || std::isnan(*real)) return "–";
  if (std::isinf(*real)) return *real > 0 ? "∞" : "−∞";
  return fmt::format("{:.{}f}", *real, column.digits);
}

}  // namespace mammograft
