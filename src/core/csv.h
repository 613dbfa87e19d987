// Tables in CSV (RFC 4180): a header line, quoted fields, comma, semicolon or tab between them; a
// byte order mark and lines ending in CR LF are taken as spreadsheets write them.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace mammograft {

// One row after the other, for tables of any length. The separator is the one that the header
// holds most often outside of quotes; with none, or as often, a comma before a semicolon before a
// tab. Empty lines are passed over.
class CsvReader {
 public:
  // Throws io, or bad_input: no header, a column named twice.
  explicit CsvReader(const std::filesystem::path& path);

  const std::vector<std::string>& columns() const { return columns_; }
  char separator() const { return separator_; }

  // The next row; false behind the last. Throws bad_input naming file and line: another number of
  // fields than the header's, a quote that is not closed, text that is not UTF-8.
  bool next();
  const std::vector<std::string>& fields() const { return fields_; }  // [columns]
  int line() const { return row_line_; }                              // on which the row begins

 private:
  bool done() const { return at_ >= text_.size(); }
  bool take(char c);
  void read_record();
  void read_field(std::string& value);
  void read_quoted(std::string& value);
  void find_separator();

  std::string text_;
  std::string name_;
  size_t at_ = 0;
  int line_ = 1, row_line_ = 1;
  char separator_ = ',';
  std::vector<std::string> columns_, fields_;
};

struct CsvTable {
  std::vector<std::string> columns;
  std::vector<std::map<std::string, std::string>> rows;  // by column name
};

// The whole of a small table. Throws as CsvReader.
CsvTable read_csv(const std::filesystem::path& path);

}  // namespace mammograft
