#include "phantom/inbreast_roi_text.h"

#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "phantom/property_list_text.h"

namespace mammograft {
namespace {

// OsiriX's numbers for what was drawn.
constexpr int kOutline = 15, kPoint = 19;

std::string one_of(const std::vector<std::string>& spellings, Rng& rng) {
  return spellings[static_cast<size_t>(rng.integer(std::ssize(spellings)))];
}

// A place in the middle of the breast.
Point point_in(const ImageRecord& image, Rng& rng) {
  const Box whole = {0, 0, double(image.width), double(image.height)};
  const Box breast = image.breast_bbox.value_or(whole);
  return {breast.x0 + breast.width() * rng.uniform(0.3, 0.7),
          breast.y0 + breast.height() * rng.uniform(0.3, 0.7)};
}

std::vector<Polygon> outlines_of(const Annotation& mass, const ImageRecord& image) {
  if (const auto* polygons = std::get_if<std::vector<Polygon>>(&mass.segmentation))
    return *polygons;
  return contours(decode_rle(annotation_mask(mass, image)) * 255, 0);
}

std::string coordinates(const Point& point, const char* form) {
  return fmt::format(fmt::runtime(form), point.x, point.y);
}

// Of the pixels whose middle lies within; of a point its own pixel.
struct Grey {
  double mean = 0, deviation = 0, least = 0, most = 0, total = 0;
};

Grey grey_within(const Polygon& points, const cv::Mat& values) {
  const cv::Rect image(0, 0, values.cols, values.rows);
  const Box box = bounds(points);
  const cv::Rect cut = cv::Rect(cv::Point(int(std::floor(box.x0)), int(std::floor(box.y0))),
                                cv::Point(int(box.x1) + 1, int(box.y1) + 1)) &
                       image;
  Polygon moved;
  for (const Point& p : points) moved.push_back({p.x - cut.x, p.y - cut.y});
  cv::Mat mask = points.size() < 3 ? cv::Mat(cv::Mat::ones(cut.size(), CV_8U))
                                   : decode_rle(rasterize(moved, cut.height, cut.width));
  cv::Scalar mean, deviation;
  cv::meanStdDev(values(cut), mean, deviation, mask);
  Grey grey{mean[0], deviation[0]};
  cv::minMaxLoc(values(cut), &grey.least, &grey.most, nullptr, nullptr, mask);
  grey.total = grey.mean * cv::countNonZero(mask);
  return grey;
}

Point middle_of(const Polygon& points) {
  Point sum;
  for (const Point& p : points) sum = {sum.x + p.x, sum.y + p.y};
  const double count = static_cast<double>(points.size());
  return {sum.x / count, sum.y / count};
}

// The order of the keys differs from tool to tool.
Json shuffled(std::vector<std::pair<std::string, Json>> entries, Rng& rng) {
  rng.shuffle(entries);
  Json object = Json::object();
  for (auto& [key, value] : entries) object[key] = std::move(value);
  return object;
}

Json roi_json(const DrawnRoi& roi, size_t index, const cv::Mat& values, double mm_per_px,
              Rng& rng) {
  const Grey grey = grey_within(roi.points, values);
  const bool outline = roi.points.size() >= 3;
  const double area_cm2 = std::abs(signed_area(roi.points)) * mm_per_px * mm_per_px / 100;
  Json places = Json::array(), millimetres = Json::array();
  for (const Point& point : roi.points) {
    places.push_back(coordinates(point, "({:.6f}, {:.6f})"));
    millimetres.push_back("(0.000000, 0.000000, 0.000000)");  // the release lost them
  }
  return shuffled({{"Area", area_cm2},
                   {"Center", coordinates(middle_of(roi.points), "({:.6f}, {:.6f}, 0.000000)")},
                   {"Dev", grey.deviation},
                   {"IndexInImage", index},
                   {"Max", grey.most},
                   {"Mean", grey.mean},
                   {"Min", grey.least},
                   {"Name", roi.name},
                   {"NumberOfPoints", roi.points.size()},
                   {"Point_mm", millimetres},
                   {"Point_px", places},
                   {"Total", grey.total},
                   {"Type", outline ? kOutline : kPoint}},
                  rng);
}

}  // namespace

std::vector<DrawnRoi> drawn_rois(const ImageRecord& image, const Annotations& masses, Rng rng) {
  std::vector<DrawnRoi> rois;
  if (masses.empty() && image.status != Status::other) return rois;
  rois.push_back(
      {one_of({"Calcification", "Calcifications", "calcification "}, rng), {point_in(image, rng)}});
  for (const Annotation* mass : masses) {
    for (const Polygon& outline : outlines_of(*mass, image))
      rois.push_back({one_of({"Mass", "mass", "MASS "}, rng), outline});
  }
  rois.push_back({one_of({"Point 1", "Unnamed", "Point 3"}, rng), {point_in(image, rng)}});
  return rois;
}

std::string roi_list_text(const std::vector<DrawnRoi>& rois, const cv::Mat& values,
                          double mm_per_px, Rng rng) {
  Json list = Json::array();
  for (size_t i = 0; i < rois.size(); ++i)
    list.push_back(roi_json(rois[i], i, values, mm_per_px, rng));
  const Json image =
      shuffled({{"ImageIndex", 0}, {"NumberOfROIs", rois.size()}, {"ROIs", std::move(list)}}, rng);
  return property_list_text({{"Images", Json::array({image})}});
}

std::string muscle_points_text(const Polygon& muscle, const Point& corner) {
  Json points = Json::array();
  for (const Point& point : muscle) points.push_back(coordinates(point, "{{{:.6f}, {:.6f}}}"));
  if (muscle.back() == corner) points.erase(points.size() - 1);
  return property_list_text({{"ROIPoints", points}});
}

}  // namespace mammograft
