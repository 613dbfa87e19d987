#include "prepare/inbreast_findings.h"

#include <algorithm>
#include <map>
#include <opencv2/imgproc.hpp>

#include "prepare/joined_outlines.h"

namespace mammograft {
namespace {

bool holds(const Polygon& outline, const Point& point) {
  std::vector<cv::Point2f> ring;
  for (const Point& p : outline)
    ring.emplace_back(static_cast<float>(p.x), static_cast<float>(p.y));
  return cv::pointPolygonTest(ring, {static_cast<float>(point.x), static_cast<float>(point.y)},
                              /*measureDist=*/false) >= 0;
}

Annotation annotation_of(const std::vector<const InbreastRoi*>& outlines) {
  Annotation annotation;
  std::vector<Polygon> polygons;
  std::set<std::string> names;
  for (const InbreastRoi* roi : outlines) {
    polygons.push_back(roi->points);
    names.insert(roi->name);
  }
  std::string name;
  for (const std::string& one : names) name += (name.empty() ? "" : ", ") + one;
  annotation.bbox = bounds(polygons);
  annotation.segmentation = std::move(polygons);
  annotation.mask_origin = MaskOrigin::contour;
  annotation.attributes = {{"name", name}};
  if (outlines.size() > 1) annotation.attributes["outlines"] = outlines.size();
  return annotation;
}

std::vector<Annotation> joined_masses(const std::vector<const InbreastRoi*>& outlines) {
  std::vector<Polygon> polygons;
  for (const InbreastRoi* roi : outlines) polygons.push_back(roi->points);
  std::vector<Annotation> masses;
  for (const std::vector<size_t>& group : joined_outlines(polygons)) {
    std::vector<const InbreastRoi*> members;
    for (const size_t i : group) members.push_back(outlines[i]);
    masses.push_back(annotation_of(members));
  }
  return masses;
}

Json counts_of(const std::vector<InbreastRoi>& rois) {
  std::map<std::string, int> counts;
  for (const InbreastRoi& roi : rois) ++counts[roi.name];
  Json list = Json::array();
  for (const auto& [name, count] : counts) list.push_back({{"name", name}, {"count", count}});
  return list;
}

}  // namespace

InbreastFindings inbreast_findings(const std::vector<InbreastRoi>& rois,
                                   const std::set<std::string>& mass_names) {
  std::vector<const InbreastRoi*> outlines, points;
  for (const InbreastRoi& roi : rois) {
    if (mass_names.count(roi.name) > 0) (roi.is_outline() ? outlines : points).push_back(&roi);
  }
  InbreastFindings findings;
  findings.masses = joined_masses(outlines);
  findings.counts = counts_of(rois);
  for (const InbreastRoi* roi : points) {
    for (const Point& point : roi->points) {
      const bool outlined =
          std::any_of(outlines.begin(), outlines.end(),
                      [&](const InbreastRoi* outline) { return holds(outline->points, point); });
      if (!outlined) findings.mass_without_size = point;
    }
  }
  return findings;
}

}  // namespace mammograft
