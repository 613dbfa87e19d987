#include "prepare/csv.h"

#include <set>

#include "core/error.h"
#include "core/files.h"
#include "core/utf8.h"

namespace mammograft {

namespace {

// One record after the other; a quoted field may hold separators and line breaks.
class Reader {
 public:
  Reader(std::string text, std::string name) : text_(std::move(text)), name_(std::move(name)) {
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;  // the mark that spreadsheets put first
    const std::string header = text_.substr(at_, text_.find('\n', at_) - at_);
    for (const char candidate : {'\t', ';', ','}) {
      if (header.find(candidate) != header.npos) separator_ = candidate;
    }
  }

  bool done() const { return at_ >= text_.size(); }
  int line() const { return line_; }

  std::vector<std::string> record() {
    std::vector<std::string> fields;
    do {
      fields.push_back(field());
    } while (take(separator_));
    for (const std::string& text : fields) {
      if (is_utf8(text)) continue;
      fail(ErrorKind::bad_input, "{}: line {}: found \"{}\", expected text in UTF-8", name_, line_,
           text);
    }
    take('\r');
    if (!done() && !take('\n')) {
      fail(ErrorKind::bad_input, "{}: line {}: found text after a closing quote", name_, line_);
    }
    ++line_;
    return fields;
  }

 private:
  bool take(char c) {
    if (done() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  std::string field() {
    if (take('"')) return quoted();
    std::string value;
    while (!done() && text_[at_] != separator_ && text_[at_] != '\n' && text_[at_] != '\r') {
      value += text_[at_++];
    }
    return value;
  }

  std::string quoted() {
    const int first = line_;
    std::string value;
    while (!done()) {
      const char c = text_[at_++];
      if (c == '"' && !take('"')) return value;  // "" inside stands for one quote
      if (c == '\n') ++line_;
      value += c;
    }
    fail(ErrorKind::bad_input, "{}: line {}: a quote is not closed", name_, first);
  }

  std::string text_;
  std::string name_;
  size_t at_ = 0;
  int line_ = 1;
  char separator_ = ',';
};

}  // namespace

CsvTable read_csv(const std::filesystem::path& path) {
  Reader reader(read_file(path), path.string());
  CsvTable table;
  if (reader.done()) fail(ErrorKind::bad_input, "{}: empty, expected a header line", path.string());
  table.columns = reader.record();
  const std::set<std::string> distinct(table.columns.begin(), table.columns.end());
  if (distinct.size() != table.columns.size()) {
    fail(ErrorKind::bad_input, "{}: line 1: two columns have one name", path.string());
  }
  while (!reader.done()) {
    const int line = reader.line();
    const std::vector<std::string> fields = reader.record();
    if (fields.size() == 1 && fields[0].empty()) continue;  // an empty line
    if (fields.size() != table.columns.size()) {
      fail(ErrorKind::bad_input, "{}: line {}: found {} fields, expected {}", path.string(), line,
           fields.size(), table.columns.size());
    }
    std::map<std::string, std::string>& row = table.rows.emplace_back();
    for (size_t i = 0; i < fields.size(); ++i) row[table.columns[i]] = fields[i];
  }
  return table;
}

}  // namespace mammograft
