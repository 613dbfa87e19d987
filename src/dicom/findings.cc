#include "dicom/findings.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"

namespace mammograft {
namespace {

Polygon corners(const Box& box) {
  return {{box.x0, box.y0}, {box.x1, box.y0}, {box.x1, box.y1}, {box.x0, box.y1}};
}

// PS3.5 9.1. UIDs name files and folders here, so nothing else may stand in them.
void need(const DicomFile& file, const std::string& uid, const char* name) {
  constexpr size_t kLongest = 64;
  if (uid.empty()) fail(ErrorKind::bad_input, "{}: {}: found none", file.name(), name);
  if (uid.size() > kLongest || uid.find_first_not_of("0123456789.") != uid.npos)
    fail(ErrorKind::bad_input, "{}: {}: found none that is one: digits and dots, 64 at most",
         file.name(), name);
}

}  // namespace

std::vector<Polygon> outlines(const Finding& finding) {
  std::vector<Polygon> found;
  for (const Polygon& polygon : finding.outline) {
    if (polygon.size() >= 3) found.push_back(polygon);
  }
  return found.empty() ? std::vector<Polygon>{corners(finding.box)} : found;
}

Polygon main_outline(const Finding& finding) {
  const std::vector<Polygon> all = outlines(finding);
  const auto size = [](const Polygon& polygon) { return std::abs(signed_area(polygon)); };
  return *std::max_element(all.begin(), all.end(),
                           [&](const Polygon& a, const Polygon& b) { return size(a) < size(b); });
}

Polygon closed(const Polygon& polygon) {
  // Two numbers of 4 bytes a point, with a length of 16 bits (PS3.5 7.1.2).
  constexpr size_t kMost = 65534 / 8 - 1;
  const size_t step = (polygon.size() + kMost - 1) / kMost;
  Polygon ring;
  for (size_t i = 0; i < polygon.size(); i += step) ring.push_back(polygon[i]);
  if (!ring.empty() && ring.front() != ring.back()) ring.push_back(ring.front());
  return ring;
}

void check_references(const DicomFile& file, const Mammogram& mammogram) {
  need(file, mammogram.sop_class, "SOP Class UID");
  need(file, mammogram.instance, "SOP Instance UID");
  need(file, mammogram.series, "Series Instance UID");
  need(file, mammogram.study, "Study Instance UID");
}

SearchedImage searched_image(const DicomFile& file, std::vector<Finding> findings) {
  SearchedImage image{read_mammogram(file), CopiedHeader(file), std::move(findings)};
  check_references(file, image.mammogram);
  return image;
}

std::vector<std::string> parameters_of(const Algorithm& algorithm) {
  std::vector<std::string> found = {kResearchOnly};
  if (!algorithm.model.empty()) found.push_back("model: " + algorithm.model);
  if (!algorithm.operating_point.empty())
    found.push_back("operating point: " + algorithm.operating_point);
  return found;
}

}  // namespace mammograft
