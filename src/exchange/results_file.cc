#include "exchange/results_file.h"

#include <algorithm>
#include <fstream>
#include <map>

#include "core/error.h"
#include "core/files.h"
#include "core/log.h"
#include "core/utf8.h"
#include "exchange/box_numbers.h"
#include "exchange/image_lookup.h"
#include "exchange/results_csv.h"
#include "exchange/results_yolo.h"

namespace mammograft {

namespace {

// An image_id that is a text is one that the file's author took for a name.
int64_t image_of(const JsonView& view, const ImageLookup& images, const std::string& image_by) {
  const std::string text = view.json().is_string() ? view.string() : std::to_string(view.integer());
  const ImageMention mention{text, view.where()};
  return image_by == "id" ? images.by_id(mention).id : images.by_name(mention).id;
}

std::array<double, 4> four_numbers(const JsonView& view) {
  if (!view.json().is_array() || view.size() != 4) view.reject("four numbers of a box");
  std::array<double, 4> numbers{};
  for (size_t i = 0; i < 4; ++i) numbers[i] = view.at(i).number();
  return numbers;
}

std::vector<Detection> read_coco_results(const fs::path& path, const Cohort& truth,
                                         const ExchangeOptions& options) {
  const ImageLookup images(truth);
  DetectionReading reading;
  reading.numbers_are_ids = options.image_by != "name";
  reading.image_id = [&](const JsonView& view) { return image_of(view, images, options.image_by); };
  if (const std::optional<BoxMeaning> meaning = box_meaning_from(options.results.boxes)) {
    reading.box = [&images, meaning](const JsonView& view, int64_t image_id) {
      const ImageRecord& image = images.by_id({std::to_string(image_id), view.where()});
      return box_from_numbers(four_numbers(view), *meaning, image, view.where());
    };
  }
  return read_detections(path, reading);
}

// A search of our own was in images of this cohort.
void check_origin(const NamedDetections& results, const Cohort& truth) {
  if (!results.meta) return;
  check_same_images(truth, *results.meta, results.name);
  const auto stem = [](const std::string& name) { return fs::path(name).stem(); };
  std::map<int64_t, const std::string*> names;
  for (const ImageRecord& image : truth.images) names.emplace(image.id, &image.file_name);
  for (const Detection& detection : results.detections) {
    const auto name = names.find(detection.image_id);
    if (detection.file_name.empty() || name == names.end()) continue;
    if (stem(*name->second) == stem(detection.file_name)) continue;
    fail(
        ErrorKind::bad_input,
        "{}: image {}: found a search of the file {}, expected one of {}: search the cohort itself",
        results.name, name->first, detection.file_name, *name->second);
  }
}

}  // namespace

bool is_json_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  char mark[3] = {};
  file.read(mark, 3);
  if (std::string_view(mark, 3) != "\xEF\xBB\xBF") {
    file.clear();
    file.seekg(0);
  }
  char first = 0;
  file >> first;  // passes over spaces
  return first == '[' || first == '{';
}

std::string scores_outside(const std::vector<Detection>& detections) {
  if (detections.empty()) return "";
  const auto by_score = [](const Detection& a, const Detection& b) { return a.score < b.score; };
  const auto [low, high] = std::minmax_element(detections.begin(), detections.end(), by_score);
  const auto outside = std::count_if(detections.begin(), detections.end(), [](const Detection& d) {
    return !(d.score >= 0 && d.score <= 1);
  });
  if (outside == 0) return "";
  return fmt::format("{} of {} scores lie outside of 0 to 1 (from {:g} to {:g})", outside,
                     detections.size(), low->score, high->score);
}

NamedDetections read_results(const std::filesystem::path& path, const Cohort& truth,
                             const ExchangeOptions& options) {
  NamedDetections results{readable(path.string()), {}, {}};
  if (fs::is_directory(path)) {
    results.detections = read_results_yolo(path, truth, options);
  } else if (is_json_file(path)) {
    results.detections = read_coco_results(path, truth, options);
  } else {
    results.detections = read_results_csv(path, truth, options);
  }
  if (!fs::is_directory(path)) results.meta = read_detections_meta(path);
  if (fs::exists(truth.folder / "cohort.json")) check_origin(results, truth);
  const std::string outside = scores_outside(results.detections);
  if (!outside.empty()) log_warning(fmt::format("{}: {}", results.name, outside));
  return results;
}

}  // namespace mammograft
