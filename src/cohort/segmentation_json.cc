#include "cohort/segmentation_json.h"

namespace mammograft {

namespace {

constexpr int64_t kLargestSide = 1 << 20;  // refuses sizes whose product would overflow

int side_from_json(const JsonView& view) {
  const int64_t side = view.integer();
  if (side < 1 || side > kLargestSide) view.reject("a size between 1 and 1048576 pixels");
  return static_cast<int>(side);
}

Rle rle_from_counts(const JsonView& counts, int height, int width) {
  Rle rle{height, width, {}};
  const int64_t total = int64_t{height} * width;
  int64_t sum = 0;
  rle.counts.reserve(counts.size());
  for (size_t i = 0; i < counts.size(); ++i) {
    const int64_t run = counts.at(i).integer();
    if (run < 0 || run > total) counts.at(i).reject("a run length between 0 and the image's area");
    sum += run;
    rle.counts.push_back(static_cast<uint32_t>(run));
  }
  if (sum != total) {
    fail(ErrorKind::bad_input, "{}: the runs add up to {}, expected {} x {} = {}", counts.where(),
         sum, height, width, total);
  }
  return rle;
}

Polygon polygon_from_json(const JsonView& view) {
  const size_t count = view.size();
  if (count < 6 || count % 2 != 0) view.reject("x, y of three points or more");
  Polygon polygon(count / 2);
  for (size_t i = 0; i < polygon.size(); ++i) {
    polygon[i] = {view.at(2 * i).number(), view.at(2 * i + 1).number()};
  }
  return polygon;
}

}  // namespace

Box box_from_json(const JsonView& view) {
  if (!view.json().is_array() || view.size() != 4) view.reject("[x, y, width, height]");
  const double x = view.at(size_t{0}).number();
  const double y = view.at(1).number();
  const double width = view.at(2).number();
  const double height = view.at(3).number();
  if (width < 0 || height < 0) {
    fail(ErrorKind::bad_input, "{}: found width {} and height {}, expected sizes of at least 0",
         view.where(), width, height);
  }
  return {x, y, x + width, y + height};
}

Json box_to_json(const Box& box) { return {box.x0, box.y0, box.width(), box.height()}; }

std::vector<Polygon> polygons_from_json(const JsonView& view) {
  std::vector<Polygon> polygons;
  for (size_t i = 0; i < view.size(); ++i) polygons.push_back(polygon_from_json(view.at(i)));
  return polygons;
}

std::vector<Polygon> outline_from_json(const JsonView& view, std::string& strays) {
  std::vector<Polygon> polygons;
  strays.clear();
  for (size_t i = 0; i < view.size(); ++i) {
    const JsonView part = view.at(i);
    if (part.json().is_array() && part.size() < 6 && part.size() % 2 == 0) {
      if (strays.empty()) strays = part.where();
    } else {
      polygons.push_back(polygon_from_json(part));
    }
  }
  return polygons;
}

Json polygons_to_json(const std::vector<Polygon>& polygons) {
  Json json = Json::array();
  for (const Polygon& polygon : polygons) {
    Json flat = Json::array();
    for (const Point& point : polygon) {
      flat.push_back(point.x);
      flat.push_back(point.y);
    }
    json.push_back(std::move(flat));
  }
  return json;
}

Rle rle_from_json(const JsonView& view) {
  const JsonView size = view.at("size");
  if (!size.json().is_array() || size.size() != 2) size.reject("[height, width]");
  const int height = side_from_json(size.at(size_t{0}));
  const int width = side_from_json(size.at(1));
  const JsonView counts = view.at("counts");
  if (counts.json().is_array()) return rle_from_counts(counts, height, width);
  if (!counts.json().is_string()) counts.reject("run lengths as a list or as a text");
  try {
    return rle_from_string(counts.string(), height, width);
  } catch (const Error& error) {
    fail(error.kind(), "{}: {}", counts.where(), error.what());
  }
}

Json rle_to_json(const Rle& rle) {
  Json json;
  json["size"] = {rle.height, rle.width};
  json["counts"] = rle_to_string(rle);
  return json;
}

}  // namespace mammograft
