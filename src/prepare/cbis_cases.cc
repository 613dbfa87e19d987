#include "prepare/cbis_cases.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "core/csv.h"
#include "core/text.h"

namespace mammograft {
namespace {

namespace fs = std::filesystem;

struct KnownCbisTable {
  const char* file;
  CbisTable table;
};

// The numbers of the release: Lee et al., Scientific Data 4, 170177 (2017), and its tables.
const std::vector<KnownCbisTable>& known_cbis_tables() {
  static const std::vector<KnownCbisTable> tables = {
      {"mass_case_description_train_set.csv", {"mass train", "train", true, 0, 0, 1318, 691}},
      {"mass_case_description_test_set.csv", {"mass test", "test", true, 0, 0, 378, 201}},
      {"calc_case_description_train_set.csv", {"calc train", "train", false, 0, 0, 1546, 602}},
      {"calc_case_description_test_set.csv", {"calc test", "test", false, 0, 0, 326, 151}},
  };
  return tables;
}

// "breast_density" in one table is "breast density" in another.
std::string cbis_column(const std::string& column) {
  std::string key = lower_case(trimmed(column));
  std::replace(key.begin(), key.end(), '_', ' ');
  return key;
}

class CbisRow {
 public:
  CbisRow(const std::map<std::string, std::string>& cells, std::string where)
      : where_(std::move(where)) {
    // Paths end in a line break in some copies.
    for (const auto& [column, value] : cells) cells_[cbis_column(column)] = trimmed(value);
  }
  const std::string& where() const { return where_; }

  // Whatever stands there; "" where there is no such column.
  std::string unchecked(const std::string& column) const {
    const auto found = cells_.find(column);
    return found == cells_.end() ? "" : found->second;
  }
  std::string text(const std::string& column) const {
    const auto found = cells_.find(column);
    if (found == cells_.end()) fail(ErrorKind::bad_input, "{}: no column \"{}\"", where_, column);
    return found->second;
  }
  std::string word(const std::string& column, const std::vector<std::string>& words) const {
    const std::string value = upper_case(text(column));
    if (std::find(words.begin(), words.end(), value) == words.end())
      reject(column, words.front() + " or " + words.back());
    return value;
  }
  std::string patient() const {
    const std::string id = text("patient id");
    const bool is_number = id.size() > 2 && std::all_of(id.begin() + 2, id.end(), [](char c) {
                             return c >= '0' && c <= '9';
                           });
    if (!id.starts_with("P_") || !is_number) reject("patient id", "P_ and a number");
    return id;
  }
  CbisSeries series(const std::string& column) const {
    std::string path = text(column);
    std::replace(path.begin(), path.end(), '\\', '/');
    std::vector<std::string> parts;
    for (const fs::path& part : fs::path(path)) parts.push_back(part.string());
    if (parts.size() < 4) reject(column, "patient, study, series and file, parted by \"/\"");
    return {parts[2], parts[0]};
  }
  [[noreturn]] void reject(const std::string& column, const std::string& expected) const {
    fail(ErrorKind::bad_input, "{}: {}: found \"{}\", expected {}", where_, column, text(column),
         expected);
  }

 private:
  std::map<std::string, std::string> cells_;
  std::string where_;
};

// Numbers of the reader's scale stay numbers, so that groups stand in their order.
Json fact_of(const std::string& text) {
  int value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && stop == end ? Json(value) : Json(text);
}

Json cbis_facts(const CbisRow& row, bool is_mass) {
  Json facts = {{"type", is_mass ? "mass" : "calcification"}};
  const auto add = [&](const char* key, const char* column) {
    if (const std::string text = row.text(column); !text.empty()) facts[key] = text;
  };
  add("abnormality_id", "abnormality id");
  add(is_mass ? "shape" : "calc_type", is_mass ? "mass shape" : "calc type");
  add(is_mass ? "margins" : "calc_distribution", is_mass ? "mass margins" : "calc distribution");
  add("birads", "assessment");
  add("pathology", "pathology");
  if (const std::string text = row.text("subtlety"); !text.empty())
    facts["subtlety"] = fact_of(text);
  return facts;
}

CbisFinding cbis_finding(const CbisRow& row, const CbisTable& table) {
  CbisFinding finding;
  finding.is_mass = row.word("abnormality type", {"MASS", "CALCIFICATION"}) == "MASS";
  if (finding.is_mass != table.is_mass)
    row.reject("abnormality type", table.is_mass ? "mass" : "calcification");
  finding.split = table.split;
  finding.patient = row.patient();
  finding.side = row.word("left or right breast", {"LEFT", "RIGHT"});
  finding.view = row.word("image view", {"CC", "MLO"});
  finding.density = row.text("breast density");
  finding.facts = cbis_facts(row, finding.is_mass);
  // Abnormalities of one number in both views of a breast are taken for one.
  if (const Json number = finding.facts.value("abnormality_id", Json());
      finding.is_mass && !number.is_null()) {
    finding.facts["lesion_id"] =
        fmt::format("{}/{}/{}", finding.patient, finding.side, number.get<std::string>());
  }
  finding.image = row.series("image file path");
  // Calcifications are not drawn: their masks need not be there.
  if (finding.is_mass) {
    finding.crop = row.series("cropped image file path");
    finding.mask = row.series("roi mask file path");
  }
  finding.where = row.where();
  return finding;
}

// "Mass-Training_P_00001_LEFT_CC/<study>/..." is of P_00001_LEFT_CC.
std::string image_in_path(const std::string& path) {
  const std::string patient = path.substr(0, path.find('/'));
  const size_t begin = patient.find("P_");
  return begin == patient.npos ? "" : patient.substr(begin);
}

UnusableCbisRow unusable_row(const CbisRow& row, const std::string& reason) {
  const std::string by_columns = row.unchecked("patient id") + "_" +
                                 upper_case(row.unchecked("left or right breast")) + "_" +
                                 upper_case(row.unchecked("image view"));
  return {{by_columns, image_in_path(row.unchecked("image file path"))}, reason};
}

void read_cbis_table(const fs::path& path, CbisTable table, bool keep_going, CbisCases& cases) {
  const CsvTable csv = read_csv(path);
  std::set<std::string> patients;
  int number = 0;
  for (const auto& cells : csv.rows) {
    const CbisRow row(cells, fmt::format("{}: row {}", path.string(), ++number));
    try {
      cases.findings.push_back(cbis_finding(row, table));
      patients.insert(cases.findings.back().patient);
    } catch (const Error& error) {
      if (!keep_going) throw;
      cases.unusable.push_back(unusable_row(row, error.what()));
    }
  }
  table.findings = number;
  table.patients = static_cast<int>(patients.size());
  cases.tables.push_back(table);
}

std::vector<fs::path> files_called(const std::string& name, const std::vector<fs::path>& files) {
  std::vector<fs::path> found;
  for (const fs::path& file : files) {
    if (lower_case(file.filename().string()) == name) found.push_back(file);
  }
  return found;
}

}  // namespace

CbisCases read_cbis_cases(const std::vector<fs::path>& files, bool keep_going) {
  CbisCases cases;
  for (const auto& [name, table] : known_cbis_tables()) {
    const std::vector<fs::path> found = files_called(name, files);
    if (found.size() > 1) {
      fail(ErrorKind::bad_input, "{} and {}: found one table twice, expected it once",
           found[0].string(), found[1].string());
    }
    if (!found.empty()) read_cbis_table(found.front(), table, keep_going, cases);
  }
  if (cases.tables.empty()) {
    fail(ErrorKind::bad_input, "found no table of CBIS-DDSM, expected {} or others of the four",
         known_cbis_tables().front().file);
  }
  return cases;
}

}  // namespace mammograft
