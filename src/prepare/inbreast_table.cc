#include "prepare/inbreast_table.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <regex>

#include "core/csv.h"
#include "core/error.h"
#include "core/log.h"
#include "core/text.h"
#include "core/utf8.h"

namespace mammograft {
namespace {

constexpr int kFooters = 2;  // of the release's table

// "File Name", " File name " and "file_name" are one column.
std::string column_key(const std::string& header) {
  std::string key;
  for (const char c : lower_case(header)) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) key += c;
  }
  return key;
}

// Spreadsheets write whole numbers as "1.0" where a column also holds text or nothing.
std::string cell_text(const std::string& cell) {
  std::string text = trimmed(cell);
  if (text.size() > 2 && text.ends_with(".0")) text.resize(text.size() - 2);
  return text;
}

std::optional<int64_t> file_number(const std::string& text) {
  static const std::regex number("[0-9]{1,18}");
  if (!std::regex_match(text, number)) return std::nullopt;
  return std::stoll(text);
}

// The table's columns by what they mean.
class Columns {
 public:
  explicit Columns(const CsvTable& table, const std::string& file) : file_(file) {
    for (const std::string& header : table.columns) headers_.emplace(column_key(header), header);
  }

  void require(const char* key, const char* name) const {
    if (headers_.count(key) == 0)
      fail(ErrorKind::bad_input, "{}: line 1: found no column \"{}\"", file_, name);
  }
  std::string get(const std::map<std::string, std::string>& row, const char* key) const {
    const auto header = headers_.find(key);
    return header == headers_.end() ? "" : cell_text(row.at(header->second));
  }

 private:
  const std::string& file_;
  std::map<std::string, std::string> headers_;
};

std::string side_in_table(const std::string& text) {
  const std::string upper = upper_case(text);
  return upper == "L" || upper == "R" ? upper : "";
}

bool is_birads(const std::string& text) {
  static const std::regex pattern("[0-6][a-cA-C]?");
  return text.empty() || std::regex_match(text, pattern);
}

}  // namespace

std::map<int64_t, InbreastRow> read_inbreast_table(const std::filesystem::path& path) {
  const CsvTable table = read_csv(path);
  const std::string file = path.string();
  const Columns columns(table, file);
  columns.require("filename", "File Name");
  columns.require("birads", "Bi-Rads");
  std::map<int64_t, InbreastRow> rows;
  int without_number = 0;
  for (const auto& cells : table.rows) {
    const std::optional<int64_t> number = file_number(columns.get(cells, "filename"));
    if (!number) {
      ++without_number;
      continue;
    }
    InbreastRow row{side_in_table(columns.get(cells, "laterality")),
                    upper_case(columns.get(cells, "view")), columns.get(cells, "birads"),
                    columns.get(cells, "acr"), columns.get(cells, "acquisitiondate")};
    if (!is_birads(row.birads)) {
      log_warning(
          fmt::format("{}: {}: Bi-Rads: found \"{}\", expected 0 to 6, or as 4a; it counts "
                      "as not known",
                      file, *number, readable(row.birads)));
      row.birads.clear();
    }
    if (!rows.emplace(*number, row).second)
      fail(ErrorKind::bad_input, "{}: {}: found two rows, expected one", file, *number);
  }
  if (without_number > kFooters) {
    log_warning(fmt::format("{}: {} rows have no number of a file and are passed over", file,
                            without_number));
  }
  return rows;
}

}  // namespace mammograft
