#include "exchange/results_yolo.h"

#include <algorithm>
#include <map>
#include <sstream>

#include "core/error.h"
#include "core/files.h"
#include "core/text.h"
#include "core/utf8.h"
#include "exchange/box_numbers.h"
#include "exchange/cell.h"
#include "exchange/image_lookup.h"

namespace mammograft {

namespace {

constexpr const char* kClassNames = "classes.txt";

std::vector<double> line_numbers(const std::string& line, const std::string& where) {
  std::istringstream words(line);
  std::vector<double> numbers;
  for (std::string word; words >> word;) {
    const std::optional<double> number = number_of(word);
    if (!number) {
      fail(ErrorKind::bad_input, "{}: found \"{}\", expected a number", where, readable(word));
    }
    numbers.push_back(*number);
  }
  return numbers;
}

// A class, four numbers or pairs of them, and the confidence.
void check_count(size_t count, const std::string& where) {
  if (count >= 6 && count % 2 == 0) return;
  const bool unsure = count == 5 || count >= 7;
  fail(ErrorKind::bad_input,
       "{}: found {} numbers, expected class, x, y, width, height, confidence, or class, x, y of "
       "three points or more, confidence{}",
       where, count, unsure ? " (is the confidence missing?)" : "");
}

Polygon outline_of(const std::vector<double>& numbers, const ImageRecord& image,
                   const std::string& where) {
  Polygon polygon;
  for (size_t i = 1; i + 2 < numbers.size(); i += 2) {
    // As the corners of a box without extent, which checks that they are fractions.
    const std::array<double, 4> point = {numbers[i], numbers[i + 1], numbers[i], numbers[i + 1]};
    const Box box = box_from_numbers(point, {BoxNumbers::xyxy, true}, image, where);
    polygon.push_back({box.x0, box.y0});
  }
  return polygon;
}

int64_t class_of(double number, const CategoryLookup& categories,
                 const std::vector<std::string>& names, const std::string& where) {
  const auto index = static_cast<int64_t>(std::clamp(number, -1e9, 1e9));
  if (static_cast<double>(index) != number) {
    fail(ErrorKind::bad_input, "{}: found class {}, expected a whole number", where, number);
  }
  if (names.empty()) return categories.of_class(index, where);
  if (index < 0 || index >= static_cast<int64_t>(names.size())) {
    fail(ErrorKind::bad_input, "{}: found class {}, expected 0 to {}, as {} names them", where,
         index, static_cast<int64_t>(names.size()) - 1, kClassNames);
  }
  return categories.find(names[static_cast<size_t>(index)], where);
}

std::vector<std::string> lines_of(const fs::path& path) {
  std::istringstream text(read_file(path));
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(trimmed(line));
  return lines;
}

std::vector<std::string> class_names_in(const fs::path& folder) {
  if (!fs::is_regular_file(folder / kClassNames)) return {};
  std::vector<std::string> names = lines_of(folder / kClassNames);
  while (!names.empty() && names.back().empty()) names.pop_back();
  return names;
}

std::vector<fs::path> label_files(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(".") || name == kClassNames || !entry.is_regular_file()) continue;
    if (lower_case(entry.path().extension().string()) == ".txt") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  if (!files.empty()) return files;
  std::string hint;
  for (const char* name : {"labels", "detections.json"}) {
    if (fs::exists(folder / name)) hint = fmt::format("; is it {}?", (folder / name).string());
  }
  fail(ErrorKind::bad_input, "{}: found no .txt file, expected one for each image (YOLO){}",
       folder.string(), hint);
}

}  // namespace

std::vector<Detection> read_yolo_file(const std::filesystem::path& path, const ImageRecord& image,
                                      const CategoryLookup& categories,
                                      const std::vector<std::string>& class_names) {
  std::vector<Detection> detections;
  int line = 0;
  for (const std::string& text : lines_of(path)) {
    const std::string where = fmt::format("{}: line {}", readable(path.string()), ++line);
    if (text.empty()) continue;
    const std::vector<double> numbers = line_numbers(text, where);
    check_count(numbers.size(), where);
    Detection detection;
    detection.image_id = image.id;
    detection.category_id = class_of(numbers[0], categories, class_names, where);
    detection.score = numbers.back();
    if (numbers.size() == 6) {
      detection.bbox = box_from_numbers({numbers[1], numbers[2], numbers[3], numbers[4]},
                                        {BoxNumbers::cxcywh, true}, image, where);
    } else {
      detection.outline = {outline_of(numbers, image, where)};
      detection.bbox = bounds(detection.outline);
    }
    detections.push_back(std::move(detection));
  }
  return detections;
}

std::vector<Detection> read_results_yolo(const std::filesystem::path& folder, const Cohort& truth,
                                         const ExchangeOptions& options) {
  const CategoryLookup categories(truth, options.default_category);
  const ImageLookup images(truth);
  const std::vector<std::string> class_names = class_names_in(folder);
  std::vector<fs::path> files = label_files(folder);
  std::vector<ImageMention> mentions;
  for (const fs::path& file : files)
    mentions.push_back({file.stem().string(), readable(file.string())});
  const std::vector<const ImageRecord*> found = images.find(mentions, options.image_by, false);
  std::map<const ImageRecord*, const fs::path*> file_of;
  std::vector<Detection> detections;
  for (size_t i = 0; i < files.size(); ++i) {
    const auto [first, is_new] = file_of.emplace(found[i], &files[i]);
    if (!is_new) {
      fail(ErrorKind::bad_input, "{}: the image {} has {} too", mentions[i].where,
           found[i]->file_name, readable(first->second->string()));
    }
    const std::vector<Detection> more =
        read_yolo_file(files[i], *found[i], categories, class_names);
    detections.insert(detections.end(), more.begin(), more.end());
  }
  return detections;
}

}  // namespace mammograft
