#include "prepare/box_table.h"

#include <array>
#include <charconv>
#include <cmath>

#include "core/csv.h"
#include "core/error.h"
#include "core/text.h"

namespace mammograft {
namespace {

using Row = std::map<std::string, std::string>;
using Corners = std::array<const char*, 4>;

constexpr Corners kSizes = {"x", "y", "width", "height"};
constexpr Corners kCorners = {"xmin", "ymin", "xmax", "ymax"};

const char* image_column(const CsvTable& table, const std::filesystem::path& path) {
  for (const char* name : {"image", "file_name", "file", "sop_instance_uid"}) {
    if (std::find(table.columns.begin(), table.columns.end(), name) != table.columns.end())
      return name;
  }
  fail(ErrorKind::bad_input, "{}: no column image, file_name, file or sop_instance_uid",
       path.string());
}

const Corners& number_columns(const CsvTable& table, const std::filesystem::path& path) {
  const auto has_all = [&](const Corners& names) {
    return std::all_of(names.begin(), names.end(), [&](const char* name) {
      return std::find(table.columns.begin(), table.columns.end(), name) != table.columns.end();
    });
  };
  if (has_all(kSizes)) return kSizes;
  if (has_all(kCorners)) return kCorners;
  fail(ErrorKind::bad_input,
       "{}: expected the columns x, y, width, height or xmin, ymin, xmax, ymax", path.string());
}

double number_in(const std::string& text, const std::string& where) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || !std::isfinite(value))
    fail(ErrorKind::bad_input, "{}: found \"{}\", expected a number", where, text);
  return value;
}

std::optional<Box> box_in(const Row& row, const Corners& columns, const std::string& where) {
  std::array<double, 4> v{};
  int empty = 0;
  for (size_t i = 0; i < columns.size(); ++i) {
    const std::string& text = row.at(columns[i]);
    if (text.empty()) {
      ++empty;
    } else {
      v[i] = number_in(text, where + ": " + columns[i]);
    }
  }
  if (empty == 4) return std::nullopt;
  if (empty > 0) fail(ErrorKind::bad_input, "{}: found half a box, expected four numbers", where);
  const Box box =
      columns == kSizes ? Box{v[0], v[1], v[0] + v[2], v[1] + v[3]} : Box{v[0], v[1], v[2], v[3]};
  if (box.empty()) fail(ErrorKind::bad_input, "{}: found an empty box", where);
  return box;
}

std::optional<Status> status_in(const Row& row, const std::string& where) {
  const auto found = row.find("status");
  if (found == row.end() || found->second.empty()) return std::nullopt;
  if (const auto status = status_from(lower_case(found->second))) return status;
  fail(ErrorKind::bad_input, "{}: status: found \"{}\", expected normal, mass, other or unknown",
       where, found->second);
}

}  // namespace

std::vector<BoxRow> read_box_table(const std::filesystem::path& path) {
  const CsvTable table = read_csv(path);
  const char* image = image_column(table, path);
  const Corners& columns = number_columns(table, path);
  std::vector<BoxRow> rows;
  for (const Row& row : table.rows) {
    BoxRow read;
    read.line = static_cast<int>(rows.size()) + 2;
    const std::string where = fmt::format("{}: row {}", path.string(), read.line);
    read.image = row.at(image);
    if (read.image.empty()) fail(ErrorKind::bad_input, "{}: {}: missing", where, image);
    read.box = box_in(row, columns, where);
    read.status = status_in(row, where);
    rows.push_back(std::move(read));
  }
  return rows;
}

}  // namespace mammograft
