#include "prepare/vindr_tables.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>

#include "cohort/laterality.h"
#include "core/csv.h"
#include "core/error.h"
#include "core/text.h"

namespace mammograft {
namespace {

namespace fs = std::filesystem;

constexpr const char* kNoFinding = "No Finding";

class VindrRow {
 public:
  VindrRow(const std::map<std::string, std::string>& cells, std::string where)
      : cells_(cells), where_(std::move(where)) {}
  const std::string& where() const { return where_; }

  const std::string& text(const std::string& column) const {
    const auto found = cells_.find(column);
    if (found == cells_.end()) fail(ErrorKind::bad_input, "{}: no column \"{}\"", where_, column);
    return found->second;
  }
  // Studies and images are named by digits and letters; files are looked up by them.
  std::string id(const std::string& column) const {
    const std::string& value = text(column);
    const auto plain = [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_'; };
    if (value.empty() || !std::all_of(value.begin(), value.end(), plain))
      reject(column, "letters and digits");
    return value;
  }
  std::optional<double> number(const std::string& column) const {
    const std::string& value = text(column);
    if (value.empty()) return std::nullopt;
    char* end = nullptr;
    const double result = std::strtod(value.c_str(), &end);
    if (*end != '\0' || !std::isfinite(result)) reject(column, "a number");
    return result;
  }
  int side(const std::string& column) const {
    const double value = number(column).value_or(0);
    if (value < 1 || value > 65535 || value != std::floor(value))
      reject(column, "a whole number from 1 to 65535");
    return static_cast<int>(value);
  }
  // "BI-RADS 4" -> "4".
  std::string behind(const std::string& word, const std::string& column) const {
    const std::string& value = text(column);
    if (value.empty() || !upper_case(value).starts_with(word + " ")) {
      if (!value.empty()) reject(column, word + " and its grade");
      return "";
    }
    return value.substr(word.size() + 1);
  }
  std::string split() const {
    const std::string value = lower_case(text("split"));
    if (value == "training" || value == "train") return "train";
    if (value != "test") reject("split", "training or test");
    return value;
  }
  [[noreturn]] void reject(const std::string& column, const std::string& expected) const {
    fail(ErrorKind::bad_input, "{}: {}: found \"{}\", expected {}", where_, column, text(column),
         expected);
  }

 private:
  const std::map<std::string, std::string>& cells_;
  std::string where_;
};

VindrImage vindr_image(const VindrRow& row) {
  VindrImage image;
  image.study = row.id("study_id");
  image.id = row.id("image_id");
  image.laterality = laterality_from(row.text("laterality"), row.where() + ": laterality");
  image.view = upper_case(row.text("view_position"));
  image.height = row.side("height");
  image.width = row.side("width");
  image.birads = row.behind("BI-RADS", "breast_birads");
  image.density = row.behind("DENSITY", "breast_density");
  image.split = row.split();
  return image;
}

// Rows without a finding have no coordinates.
std::optional<Box> vindr_box(const VindrRow& row) {
  const auto x0 = row.number("xmin"), y0 = row.number("ymin");
  const auto x1 = row.number("xmax"), y1 = row.number("ymax");
  const int known = x0.has_value() + y0.has_value() + x1.has_value() + y1.has_value();
  if (known == 0) return std::nullopt;
  if (known < 4)
    fail(ErrorKind::bad_input, "{}: box: found {} of its coordinates, expected 4", row.where(),
         known);
  const Box box = {*x0, *y0, *x1, *y1};
  if (box.empty()) {
    fail(ErrorKind::bad_input,
         "{}: box: found {:g}, {:g} to {:g}, {:g}, expected more than nothing", row.where(), box.x0,
         box.y0, box.x1, box.y1);
  }
  return box;
}

// Nothing where the row says that there is no finding.
std::optional<VindrFinding> vindr_finding(const VindrRow& row) {
  VindrFinding finding;
  finding.categories =
      python_list(row.text("finding_categories"), row.where() + ": finding_categories");
  finding.birads = row.behind("BI-RADS", "finding_birads");
  finding.box = vindr_box(row);
  const auto& named = finding.categories;
  if (named.empty()) row.reject("finding_categories", "at least one category");
  if (std::find(named.begin(), named.end(), kNoFinding) != named.end()) {
    if (named.size() > 1 || finding.box)
      row.reject("finding_categories", "No Finding alone, without a box");
    return std::nullopt;
  }
  if (finding.is_mass() && !finding.box)
    fail(ErrorKind::bad_input, "{}: found a mass without a box", row.where());
  return finding;
}

bool same_picture(const VindrImage& a, const VindrImage& b) {
  return a.study == b.study && a.laterality == b.laterality && a.view == b.view &&
         a.width == b.width && a.height == b.height && a.split == b.split && a.birads == b.birads &&
         a.density == b.density;
}

class VindrReader {
 public:
  explicit VindrReader(bool keep_going) : keep_going_(keep_going) {}

  void read(const fs::path& path, bool findings) {
    int number = 0;
    for (const auto& cells : read_csv(path).rows) {
      const VindrRow row(cells, fmt::format("{}: row {}", path.string(), ++number));
      try {
        add(row, findings);
      } catch (const Error& error) {
        if (!keep_going_) throw;
        unusable_.emplace(row.text("image_id"), error.what());
      }
    }
    if (number == 0) fail(ErrorKind::bad_input, "{}: no row", path.string());
  }

  // One wrong row takes its image: without its finding it would teach that there is none.
  VindrTables take() && {
    VindrTables tables;
    for (auto& [id, image] : images_) {
      if (unusable_.count(id) == 0) tables.images.push_back(std::move(image));
    }
    tables.unusable = std::move(unusable_);
    return tables;
  }

 private:
  void add(const VindrRow& row, bool findings) {
    const VindrImage found = vindr_image(row);
    VindrImage& image = images_.emplace(found.id, found).first->second;
    if (!same_picture(image, found))
      fail(ErrorKind::bad_input, "{}: contradicts an earlier row of image {}", row.where(),
           found.id);
    if (!findings) return;
    image.in_findings = true;
    if (const auto finding = vindr_finding(row)) image.findings.push_back(*finding);
  }

  const bool keep_going_;
  std::map<std::string, VindrImage> images_;
  std::map<std::string, std::string> unusable_;
};

}  // namespace

bool VindrFinding::is_mass() const {
  return std::find(categories.begin(), categories.end(), "Mass") != categories.end();
}

std::vector<std::string> python_list(const std::string& text, const std::string& where) {
  const auto reject = [&] {
    fail(ErrorKind::bad_input, "{}: found \"{}\", expected a list such as ['Mass']", where, text);
  };
  size_t at = 0;
  const auto next = [&] {  // the next character that is no blank
    at = text.find_first_not_of(" \t\r\n", at);
    return at == text.npos ? '\0' : text[at++];
  };
  if (next() != '[') reject();
  std::vector<std::string> items;
  for (char c = next(); c != ']'; c = next()) {
    if (!items.empty()) {
      if (c != ',') reject();
      c = next();
    }
    if (c != '\'' && c != '"') reject();
    const size_t end = text.find(c, at);
    if (end == text.npos) reject();
    items.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  if (next() != '\0') reject();
  return items;
}

VindrTables read_vindr_tables(const fs::path& release, bool keep_going) {
  const fs::path findings = release / "finding_annotations.csv";
  const fs::path breasts = release / "breast-level_annotations.csv";
  std::error_code error;
  if (!fs::exists(findings, error)) {
    fail(ErrorKind::io, "{}: missing; expected the folder of VinDr-Mammo", findings.string());
  }
  VindrReader reader(keep_going);
  reader.read(findings, /*findings=*/true);
  if (fs::exists(breasts, error)) reader.read(breasts, /*findings=*/false);
  return std::move(reader).take();
}

}  // namespace mammograft
