// Small tables in CSV (RFC 4180): a header line, quoted fields, comma, semicolon or tab between
// them.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace mammograft {

struct CsvTable {
  std::vector<std::string> columns;
  std::vector<std::map<std::string, std::string>> rows;  // by column name
};

// Throws io or bad_input naming file and line: no header, a column named twice, a row with another
// number of fields than the header, a quote that is not closed, text that is not UTF-8.
CsvTable read_csv(const std::filesystem::path& path);

}  // namespace mammograft
