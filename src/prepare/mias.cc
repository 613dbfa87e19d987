#include "prepare/mias.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <sstream>

#include "core/files.h"
#include "core/log.h"
#include "image/image_files.h"

namespace mammograft {

namespace {

constexpr int kSide = 1024;         // all films are clipped or padded to 1024 x 1024
constexpr double kSpacingMm = 0.2;  // and reduced to 200 micrometres a pixel
constexpr int kLastNumber = 322;

// Where a row stands, for messages.
struct Line {
  std::string file;
  int number = 0;
  [[noreturn]] void reject(const std::string& found, const std::string& expected) const {
    fail(ErrorKind::bad_input, "{}: line {}: found {}, expected {}", file, number, found, expected);
  }
};

std::optional<int> whole_number(const std::string& text) {
  int value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

bool is_one_of(const std::string& text, std::initializer_list<const char*> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream stream(line);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

// Rows are recognised by their first word: "mdb" and a number. All else is the file's prose.
bool is_row(const std::vector<std::string>& words) {
  return !words.empty() && words[0].starts_with("mdb") && whole_number(words[0].substr(3));
}

int coordinate(const std::string& word, const char* name, int low, const Line& line) {
  const std::optional<int> value = whole_number(word);
  if (!value || *value < low || *value >= kSide) {
    line.reject(fmt::format("{} \"{}\"", name, word),
                fmt::format("a whole number from {} to {}", low, kSide - 1));
  }
  return *value;
}

MiasRow parse_row(const std::vector<std::string>& words, const Line& line) {
  MiasRow row;
  row.number = *whole_number(words[0].substr(3));
  if (row.number < 1 || row.number > kLastNumber) line.reject(words[0], "mdb001 to mdb322");
  if (words.size() < 3) line.reject("a row cut short", "tissue and class");
  row.tissue = words[1];
  if (!is_one_of(row.tissue, {"F", "G", "D"})) line.reject("tissue " + row.tissue, "F, G or D");
  row.kind = words[2];
  if (!is_one_of(row.kind, {"NORM", "CALC", "CIRC", "SPIC", "MISC", "ARCH", "ASYM"})) {
    line.reject("class " + row.kind, "NORM, CALC, CIRC, SPIC, MISC, ARCH or ASYM");
  }
  if (row.kind == "NORM") {
    if (words.size() > 3) line.reject("\"" + words[3] + "\" after NORM", "the end of the line");
    return row;
  }
  row.severity = words.size() > 3 ? words[3] : "";
  if (!is_one_of(row.severity, {"B", "M"})) {
    line.reject("severity \"" + row.severity + "\"", "B or M");
  }
  if (words.size() == 4) return row;
  if (words.size() == 6 && words[4] == "*NOTE" && words[5] == "3*") {
    row.note = "NOTE 3";
    return row;
  }
  if (words.size() != 7) line.reject("an incomplete place", "x, y and radius, or nothing");
  row.place =
      MiasRow::Circle{coordinate(words[4], "x", 0, line), coordinate(words[5], "y", 0, line),
                      coordinate(words[6], "radius", 1, line)};
  return row;
}

bool is_located_mass(const MiasRow& row) {
  return row.place && is_one_of(row.kind, {"CIRC", "SPIC", "MISC"});
}

// Row = 1023 - y: the table's origin is the bottom-left corner. Pixel centres lie at + 0.5.
Box box_of(const MiasRow::Circle& circle) {
  const double x = circle.x + 0.5;
  const double y = kSide - 1 - circle.y + 0.5;
  const double r = circle.radius;
  return {x - r, y - r, x + r, y + r};
}

Json row_to_json(const MiasRow& row) {
  Json json = {{"class", row.kind}, {"severity", row.severity}};
  if (row.place) {
    json["x"] = row.place->x;  // as in Info.txt
    json["y"] = row.place->y;
    json["radius"] = row.place->radius;
  }
  if (!row.note.empty()) json["note"] = row.note;
  return json;
}

Annotation annotation_of(const MiasRow& row) {
  Annotation annotation;
  annotation.bbox = box_of(*row.place);
  annotation.mask_origin = MaskOrigin::circle;
  annotation.size_mm = 2 * row.place->radius * kSpacingMm;
  annotation.attributes = {{"class", row.kind}, {"severity", row.severity}};
  return annotation;
}

SourceImage image_of(const std::filesystem::path& file, const std::vector<MiasRow>& rows) {
  const int number = rows.front().number;
  SourceImage image;
  image.file = file;
  ImageRecord& record = image.record;
  record.id = number;
  record.file_name = cohort_file_name(fmt::format("mdb{:03}.png", number));
  record.width = record.height = kSide;
  record.patient_id = fmt::format("mias/{:03}", (number + 1) / 2);
  record.laterality = std::string(1, number % 2 == 1 ? 'L' : 'R');
  record.view = "MLO";
  record.pixel_spacing_mm = {kSpacingMm, kSpacingMm};
  record.acquisition["vendor"] = "MIAS, digitised film";
  record.acquisition["tissue"] = rows.front().tissue;
  record.acquisition["findings"] = Json::array();
  record.status = Status::other;
  for (const MiasRow& row : rows) {
    if (row.kind == "NORM") {
      record.status = Status::normal;
      continue;
    }
    record.acquisition["findings"].push_back(row_to_json(row));
    if (!is_located_mass(row)) continue;
    record.status = Status::mass;
    image.annotations.push_back(annotation_of(row));
  }
  return image;
}

std::filesystem::path find_info(const std::filesystem::path& source) {
  std::error_code error;
  if (!std::filesystem::is_directory(source, error)) {
    fail(ErrorKind::io, "{}: expected a folder with Info.txt and the images", source.string());
  }
  for (const char* name : {"Info.txt", "info.txt", "INFO.TXT"}) {
    if (std::filesystem::exists(source / name)) return source / name;
  }
  fail(ErrorKind::io, "{}: Info.txt: missing", source.string());
}

// The number in a file's name; nothing where it is no film.
std::optional<int> film_number(const std::filesystem::path& path) {
  const std::string stem = path.stem().string();
  const std::string suffix = path.extension().string();
  const bool is_film = !is_left_beside(path) && stem.starts_with("mdb") &&
                       is_one_of(suffix, {".png", ".pgm", ".PNG", ".PGM"});
  return is_film ? whole_number(stem.substr(3)) : std::nullopt;
}

// Image files by number. Both mdb001.pgm and mdb001.png is an error, not a choice; with `unusable`
// it stands there.
std::map<int, std::filesystem::path> find_images(const std::filesystem::path& source,
                                                 std::map<int, std::string>* unusable) {
  std::map<int, std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(source)) {
    const std::filesystem::path& path = entry.path();
    const std::optional<int> number = film_number(path);
    if (!number) continue;
    const auto [other, is_new] = files.emplace(*number, path);
    if (is_new) continue;
    const std::string reason =
        fmt::format("{}: two images with one name: {} and {}", source.string(),
                    std::min(other->second, path).filename().string(),
                    std::max(other->second, path).filename().string());
    if (unusable == nullptr) throw Error(ErrorKind::bad_input, reason);
    unusable->emplace(*number, reason);
  }
  return files;
}

// Rows in order, with what is known of their images so far.
class Rows {
 public:
  void add(const std::vector<std::string>& words, const Line& line) {
    const MiasRow row = parse_row(words, line);
    const bool is_normal = row.kind == "NORM";
    const auto [known, is_new] = normal_.emplace(row.number, is_normal);
    if (!is_new && (known->second || is_normal)) {
      line.reject(words[0] + " a second time", "one row for a normal image");
    }
    rows_.push_back(row);
  }
  std::vector<MiasRow> take() && { return std::move(rows_); }

 private:
  std::vector<MiasRow> rows_;
  std::map<int, bool> normal_;
};

}  // namespace

std::vector<MiasRow> read_mias_info(const std::filesystem::path& path,
                                    std::map<int, std::string>* unusable) {
  std::istringstream text(read_file(path));
  Rows rows;
  int count = 0;
  Line line{path.string(), 0};
  for (std::string content; std::getline(text, content);) {
    ++line.number;
    const std::vector<std::string> words = words_of(content);
    if (!is_row(words)) continue;
    ++count;
    try {
      rows.add(words, line);
    } catch (const Error& error) {
      if (unusable == nullptr) throw;
      unusable->emplace(*whole_number(words[0].substr(3)), error.what());
    }
  }
  if (count == 0) {
    fail(ErrorKind::bad_input, "{}: found no row such as \"mdb001 G CIRC B 535 425 197\", {}",
         path.string(), "expected the Info.txt of mini-MIAS");
  }
  std::vector<MiasRow> result = std::move(rows).take();
  if (unusable != nullptr) {
    std::erase_if(result, [&](const MiasRow& row) { return unusable->count(row.number) > 0; });
  }
  return result;
}

Cohort prepare_mias(const std::filesystem::path& source, const std::filesystem::path& out,
                    const MiasOptions& options, Progress& progress) {
  const std::filesystem::path info = find_info(source);
  std::map<int, std::string> unusable;
  std::map<int, std::string>* noted = options.keep_going ? &unusable : nullptr;
  std::map<int, std::vector<MiasRow>> rows;
  for (const MiasRow& row : read_mias_info(info, noted)) rows[row.number].push_back(row);
  std::map<int, std::filesystem::path> files = find_images(source, noted);
  Import import;
  for (const auto& [number, reason] : unusable) {
    skip(import, fmt::format("mdb{:03}", number), reason);
    rows.erase(number);
    files.erase(number);
  }
  import.info = {{"description", "mini-MIAS (Suckling et al. 1994)"}, {"importer", "mias"}};
  import.categories = {{1, "mass"}};
  for (const auto& [number, of_image] : rows) {
    const auto file = files.find(number);
    // A file that is missing is reported by the reader, so that keep_going covers it.
    const std::filesystem::path path =
        file != files.end() ? file->second : source / fmt::format("mdb{:03}.pgm", number);
    import.images.push_back(image_of(path, of_image));
    files.erase(number);
  }
  if (!files.empty()) {
    log_warning(fmt::format("{}: {} images without a row in Info.txt are left out, first {}",
                            source.string(), files.size(),
                            files.begin()->second.filename().string()));
  }
  return run_import(std::move(import), out, options, progress);
}

}  // namespace mammograft
