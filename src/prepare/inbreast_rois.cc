#include "prepare/inbreast_rois.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <opencv2/imgproc.hpp>
#include <sstream>

#include "core/json.h"
#include "core/text.h"
#include "prepare/property_list.h"

namespace mammograft {
namespace {

// One spelling of a word that was typed with or without blanks, by several hands.
std::string bare(const std::string& text) {
  std::string result;
  for (const char c : lower_case(text)) {
    if (std::string_view(" \t\r\n_-").find(c) == std::string_view::npos) result += c;
  }
  return result;
}

const std::map<std::string, std::string>& roi_names() {
  static const std::map<std::string, std::string> names = {
      {"mass", "mass"},
      {"calcification", "calcification"},
      {"calcifications", "calcification"},
      {"cluster", "cluster"},
      {"distortion", "distortion"},
      {"asymmetry", "asymmetry"},
      {"assymetry", "asymmetry"},
      {"spiculatedregion", "spiculated region"},
      {"espiculatedregion", "spiculated region"},
      {"pectoralmuscle", "pectoral muscle"},
      {"unnamed", "unnamed"},
      {"", "unnamed"},
  };
  return names;
}

bool is_numbered_point(const std::string& name) {
  return name.starts_with("point") && name.find_first_not_of("0123456789", 5) == name.npos;
}

double coordinate_in(const std::string& text) {
  const size_t first = std::min(text.find_first_not_of(' '), text.size());
  double value = NAN;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + first, end, value);
  return error == std::errc() && stop == end ? value : NAN;
}

// "(x, y)", "{x, y}", or with a third coordinate, which a picture does not have.
Point parse_point(const JsonView& view) {
  const std::string text = view.string();
  const bool bracketed = text.size() > 2 && ((text.front() == '(' && text.back() == ')') ||
                                             (text.front() == '{' && text.back() == '}'));
  std::istringstream inside(bracketed ? text.substr(1, text.size() - 2) : "");
  std::vector<double> values;
  for (std::string part; std::getline(inside, part, ',');) values.push_back(coordinate_in(part));
  if (values.size() < 2 || !std::isfinite(values[0]) || !std::isfinite(values[1]))
    view.reject("a point as \"(12.5, 7.25)\"");
  return {values[0], values[1]};
}

Polygon parse_points(const JsonView& list) {
  Polygon points;
  for (size_t i = 0; i < list.size(); ++i) points.push_back(parse_point(list.at(i)));
  return points;
}

void check_count(const JsonView& object, const char* key, size_t found, const char* what) {
  if (!object.has(key) || object.integer(key) == static_cast<int64_t>(found)) return;
  object.at(key).reject(fmt::format("{}, the number of {}", found, what));
}

InbreastRoi parse_roi(const JsonView& view) {
  InbreastRoi roi;
  roi.name = roi_name(view.string_or("Name", ""));
  roi.points = parse_points(view.at("Point_px"));
  check_count(view, "NumberOfPoints", roi.points.size(), "points");
  return roi;
}

std::vector<InbreastRoi> parse_rois(const JsonView& root) {
  const JsonView images = root.at("Images");
  if (images.size() != 1) images.reject("one image");
  const JsonView image = images.at(size_t{0});
  const JsonView list = image.at("ROIs");
  check_count(image, "NumberOfROIs", list.size(), "ROIs");
  std::vector<InbreastRoi> rois;
  for (size_t i = 0; i < list.size(); ++i) rois.push_back(parse_roi(list.at(i)));
  return rois;
}

// Whether the pixel in the image's corner lies within.
bool holds_corner(const Polygon& outline, Point corner) {
  std::vector<cv::Point2f> ring;
  for (const Point& p : outline)
    ring.emplace_back(static_cast<float>(p.x), static_cast<float>(p.y));
  const float inward = corner.x > 0 ? -0.5F : 0.5F;
  const cv::Point2f pixel(static_cast<float>(corner.x) + inward, 0.5F);
  return cv::pointPolygonTest(ring, pixel, /*measureDist=*/false) >= 0;
}

}  // namespace

std::string roi_name(const std::string& spelling) {
  const std::string name = bare(spelling);
  if (is_numbered_point(name)) return "point";
  const auto known = roi_names().find(name);
  return known == roi_names().end() ? name : known->second;
}

bool is_known_roi(const std::string& name) {
  const auto& names = roi_names();
  return name == "point" || std::any_of(names.begin(), names.end(),
                                        [&](const auto& known) { return known.second == name; });
}

std::vector<InbreastRoi> read_inbreast_rois(const std::filesystem::path& path) {
  const Json root = read_property_list(path);
  return parse_rois(JsonView(root, path.string()));
}

Polygon read_inbreast_muscle(const std::filesystem::path& path, Point corner) {
  const Json root = read_property_list(path);
  const JsonView view(root, path.string());
  std::vector<Polygon> outlines;
  if (view.has("ROIPoints")) {
    outlines.push_back(parse_points(view.at("ROIPoints")));
  } else {
    for (const InbreastRoi& roi : parse_rois(view)) {
      if (roi.name == "pectoral muscle") outlines.push_back(roi.points);
    }
  }
  for (Polygon& outline : outlines) {
    if (outline.size() >= 2 && !holds_corner(outline, corner)) outline.push_back(corner);
  }
  std::erase_if(outlines, [](const Polygon& outline) { return outline.size() < 3; });
  const auto largest =
      std::max_element(outlines.begin(), outlines.end(), [](const Polygon& a, const Polygon& b) {
        return std::abs(signed_area(a)) < std::abs(signed_area(b));
      });
  return largest == outlines.end() ? Polygon() : *largest;
}

}  // namespace mammograft
