#include "dicom/measured_region.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/error.h"
#include "dicom/codes.h"
#include "dicom/object_tag.h"

namespace mammograft {
namespace {

Code name_of(const DataSet& item) { return read_code(item, tags::kConceptNameCodeSequence); }

bool is_value(const DataSet& item, const char* type) { return item.text(tags::kValueType) == type; }

// The item at "1\2\3": the third child of the second child of the root.
std::optional<DataSet> item_at(const DataSet& root, const std::vector<double>& place) {
  DataSet item = root;
  for (size_t i = 1; i < place.size(); ++i) {
    const std::vector<DataSet> children = item.items(tags::kContentSequence);
    if (place[i] < 1 || place[i] > static_cast<double>(children.size())) return std::nullopt;
    item = children[static_cast<size_t>(place[i]) - 1];
  }
  return item;
}

std::string instance_of(const DataSet& image) {
  for (const DataSet& reference : image.items(tags::kReferencedSopSequence))
    return reference.text(tags::kReferencedSopInstanceUid);
  return "";
}

// Below the region stands the image, or where in the report it stands.
std::string image_of_region(const DataSet& root, const DataSet& region) {
  for (const DataSet& child : region.items(tags::kContentSequence)) {
    const auto place = child.numbers(tags::kReferencedContentItemIdentifier);
    const std::optional<DataSet> image = place.empty() ? child : item_at(root, place);
    if (image && is_value(*image, "IMAGE")) return instance_of(*image);
  }
  return "";
}

Polygon points_of(const DataSet& region) {
  const std::vector<double> values = region.numbers(tags::kGraphicData);
  Polygon points;
  for (size_t i = 0; i + 1 < values.size(); i += 2) points.push_back({values[i], values[i + 1]});
  return points;
}

double distance(const Point& a, const Point& b) { return std::hypot(a.x - b.x, a.y - b.y); }

Polygon open_ring(Polygon points) {
  constexpr double kSame = 1e-3;  // px: viewers calculate in floats
  constexpr size_t kFewest = 4;
  if (points.size() < kFewest || distance(points.front(), points.back()) > kSame) return {};
  points.pop_back();
  return points;
}

Polygon circle(const Polygon& points) {
  if (points.size() != 2) return {};
  const double r = distance(points[0], points[1]);
  return ellipse({points[0].x - r, points[0].y - r, points[0].x + r, points[0].y + r});
}

// Both ends of each axis.
Polygon tilted_ellipse(const Polygon& ends) {
  if (ends.size() != 4) return {};
  const Point centre{(ends[0].x + ends[1].x) / 2, (ends[0].y + ends[1].y) / 2};
  Polygon ring;
  constexpr int kPoints = 64;
  for (int i = 0; i < kPoints; ++i) {
    const double angle = 2 * std::numbers::pi * i / kPoints;
    const double a = std::cos(angle) / 2, b = std::sin(angle) / 2;
    ring.push_back({centre.x + a * (ends[1].x - ends[0].x) + b * (ends[3].x - ends[2].x),
                    centre.y + a * (ends[1].y - ends[0].y) + b * (ends[3].y - ends[2].y)});
  }
  return ring;
}

// PS3.3 C.18.6.1.2; empty where the region has no inside.
Polygon ring_of(const DataSet& region) {
  const std::string type = region.text(tags::kGraphicType);
  const Polygon points = points_of(region);
  if (type == "POLYLINE") return open_ring(points);
  if (type == "CIRCLE") return circle(points);
  return type == "ELLIPSE" ? tilted_ellipse(points) : Polygon{};
}

// TID 1002: who observed, a person or a device; a report may name both.
bool is_by_program(const DataSet& root) {
  bool device = false;
  for (const DataSet& child : root.items(tags::kContentSequence)) {
    if (!name_of(child).same_as(codes::kObserverType)) continue;
    if (!read_code(child, tags::kConceptCodeSequence).same_as(codes::kDevice)) return false;
    device = true;
  }
  return device;
}

class RegionReader {
 public:
  explicit RegionReader(const DicomFile& file)
      : name_(file.name()), root_(file.data()), by_program_(is_by_program(root_)) {}

  std::vector<MeasuredRegion> read() {
    read_groups(root_);
    return std::move(found_);
  }

 private:
  void read_groups(const DataSet& item) {
    for (const DataSet& child : item.items(tags::kContentSequence)) {
      if (is_value(child, "CONTAINER") && name_of(child).same_as(codes::kMeasurementGroup)) {
        read_regions(child, finding_of(child));
      } else {
        read_groups(child);
      }
    }
  }

  static Code finding_of(const DataSet& group) {
    for (const DataSet& child : group.items(tags::kContentSequence)) {
      if (name_of(child).same_as(codes::kFinding))
        return read_code(child, tags::kConceptCodeSequence);
    }
    return {};
  }

  // Viewers put the region below the measure that was taken of it, and once for each measure.
  void read_regions(const DataSet& item, const Code& finding) {
    for (const DataSet& child : item.items(tags::kContentSequence)) {
      if (is_value(child, "SCOORD3D"))
        fail(ErrorKind::bad_input, "{}: a region in space, expected in the pixels of an image",
             name_);
      if (is_value(child, "SCOORD")) add_region(child, finding);
      read_regions(child, finding);
    }
  }

  void add_region(const DataSet& region, const Code& finding) {
    MeasuredRegion added{image_of_region(root_, region), ring_of(region), finding, by_program_};
    if (added.instance.empty() && !added.outline.empty())
      fail(ErrorKind::bad_input, "{}: a region that does not say in which image it lies", name_);
    const auto same = [&](const MeasuredRegion& other) {
      return other.instance == added.instance && other.outline == added.outline;
    };
    if (std::none_of(found_.begin(), found_.end(), same)) found_.push_back(std::move(added));
  }

  std::string name_;
  DataSet root_;
  bool by_program_;
  std::vector<MeasuredRegion> found_;
};

bool has_image(const DataSet& item) {
  if (is_value(item, "IMAGE")) return true;
  const std::vector<DataSet> children = item.items(tags::kContentSequence);
  return std::any_of(children.begin(), children.end(), has_image);
}

// "1500"; "" where the report does not say.
std::string template_of(const DataSet& root) {
  for (const DataSet& item : root.items(tags::kContentTemplateSequence))
    return item.text(tags::kTemplateIdentifier);
  return name_of(root).same_as(codes::kMeasurementReport) ? "1500" : "";
}

void check_report_kind(const DicomFile& file) {
  const DataSet root = file.data();
  if (!root.text(tags::kSopClassUid).starts_with("1.2.840.10008.5.1.4.1.1.88."))
    fail(ErrorKind::bad_input, "{}: is no structured report", file.name());
  if (const std::string found = template_of(root); found != "1500") {
    // Only numbers are passed on: anything may stand there.
    const bool number = !found.empty() && found.find_first_not_of("0123456789") == found.npos;
    fail(ErrorKind::bad_input, "{}: template of the report: found {}, expected 1500", file.name(),
         number ? found : "none that is known");
  }
  if (!has_image(root) && root.items(tags::kCurrentRequestedProcedureEvidenceSequence).empty())
    fail(ErrorKind::bad_input, "{}: the report refers to no image", file.name());
}

}  // namespace

std::vector<MeasuredRegion> read_measurement_sr(const DicomFile& file) {
  check_report_kind(file);
  return RegionReader(file).read();
}

}  // namespace mammograft
