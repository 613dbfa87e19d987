#include "core/csv.h"

#include <set>

#include "core/error.h"
#include "core/files.h"
#include "core/utf8.h"

namespace mammograft {

CsvReader::CsvReader(const std::filesystem::path& path)
    : text_(read_file(path)), name_(path.string()) {
  if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;  // the mark that spreadsheets put first
  if (done()) fail(ErrorKind::bad_input, "{}: empty, expected a header line", name_);
  find_separator();
  read_record();
  columns_ = fields_;
  const std::set<std::string> distinct(columns_.begin(), columns_.end());
  if (distinct.size() != columns_.size()) {
    fail(ErrorKind::bad_input, "{}: line 1: two columns have one name", name_);
  }
}

void CsvReader::find_separator() {
  std::map<char, int> counts;
  bool quoted = false;
  for (size_t i = at_; i < text_.size() && (quoted || text_[i] != '\n'); ++i) {
    if (text_[i] == '"') quoted = !quoted;
    if (!quoted) ++counts[text_[i]];
  }
  for (const char candidate : {';', '\t'}) {
    if (counts[candidate] > counts[separator_]) separator_ = candidate;
  }
}

bool CsvReader::next() {
  while (!done()) {
    row_line_ = line_;
    read_record();
    if (fields_.size() == 1 && fields_[0].empty()) continue;  // an empty line
    if (fields_.size() != columns_.size()) {
      fail(ErrorKind::bad_input, "{}: line {}: found {} fields, expected {}", name_, row_line_,
           fields_.size(), columns_.size());
    }
    return true;
  }
  return false;
}

bool CsvReader::take(char c) {
  if (done() || text_[at_] != c) return false;
  ++at_;
  return true;
}

// A quoted field may hold separators and line breaks.
void CsvReader::read_record() {
  size_t count = 0;
  do {
    if (count == fields_.size()) fields_.emplace_back();
    read_field(fields_[count]);
    if (!is_utf8(fields_[count])) {
      fail(ErrorKind::bad_input, "{}: line {}: found \"{}\", expected text in UTF-8", name_, line_,
           readable(fields_[count]));
    }
    ++count;
  } while (take(separator_));
  fields_.resize(count);
  take('\r');
  if (!done() && !take('\n')) {
    fail(ErrorKind::bad_input, "{}: line {}: found text after a closing quote", name_, line_);
  }
  ++line_;
}

void CsvReader::read_field(std::string& value) {
  value.clear();
  if (take('"')) return read_quoted(value);
  const size_t begin = at_;
  while (!done() && text_[at_] != separator_ && text_[at_] != '\n' && text_[at_] != '\r') ++at_;
  value.assign(text_, begin, at_ - begin);
}

void CsvReader::read_quoted(std::string& value) {
  const int first = line_;
  while (!done()) {
    const char c = text_[at_++];
    if (c == '"' && !take('"')) return;  // "" inside stands for one quote
    if (c == '\n') ++line_;
    value += c;
  }
  fail(ErrorKind::bad_input, "{}: line {}: a quote is not closed", name_, first);
}

CsvTable read_csv(const std::filesystem::path& path) {
  CsvReader reader(path);
  CsvTable table;
  table.columns = reader.columns();
  while (reader.next()) {
    std::map<std::string, std::string>& row = table.rows.emplace_back();
    for (size_t i = 0; i < table.columns.size(); ++i) row[table.columns[i]] = reader.fields()[i];
  }
  return table;
}

}  // namespace mammograft
