#include "prepare/marks.h"

#include <opencv2/imgproc.hpp>

#include "core/text.h"
#include "dicom/measured_region.h"
#include "dicom/segment_mask.h"

namespace mammograft {
namespace {

constexpr const char* kSegmentation = "1.2.840.10008.5.1.4.1.1.66.4";

bool is_measurement_report(const std::string& sop_class) {
  return sop_class == "1.2.840.10008.5.1.4.1.1.88.22" ||  // enhanced SR
         sop_class == "1.2.840.10008.5.1.4.1.1.88.33" ||  // comprehensive SR
         sop_class == "1.2.840.10008.5.1.4.1.1.88.34";    // comprehensive 3D SR
}

// Codes differ from writer to writer, their words hardly.
bool means_mass(const Code& code) {
  return code.value.empty() || lower_case(code.meaning).find("mass") != std::string::npos;
}

Annotation annotated(Segmentation segmentation, const Box& box) {
  Annotation annotation;
  annotation.bbox = box;
  annotation.segmentation = std::move(segmentation);
  return annotation;
}

Box box_of(const Polygon& outline) {
  Box box{outline[0].x, outline[0].y, outline[0].x, outline[0].y};
  for (const Point& p : outline) {
    box = {std::min(box.x0, p.x), std::min(box.y0, p.y), std::max(box.x1, p.x),
           std::max(box.y1, p.y)};
  }
  return box;
}

std::vector<Mark> masks_of(const DicomFile& file) {
  std::vector<Mark> marks;
  for (const SegmentMask& segment : read_segmentation(file)) {
    const cv::Rect box = cv::boundingRect(segment.mask);
    if (box.area() == 0) continue;
    marks.push_back({segment.instance, means_mass(segment.property),
                     annotated(encode_rle(segment.mask),
                               {double(box.x), double(box.y), double(box.x + box.width),
                                double(box.y + box.height)})});
  }
  return marks;
}

std::vector<Mark> regions_of(const DicomFile& file) {
  std::vector<Mark> marks;
  for (const MeasuredRegion& region : read_measurement_sr(file)) {
    marks.push_back({region.instance, means_mass(region.finding),
                     annotated(std::vector<Polygon>{region.outline}, box_of(region.outline))});
  }
  return marks;
}

}  // namespace

std::optional<std::vector<Mark>> read_marks(const DicomFile& file) {
  const std::string sop_class = file.data().text(tags::kSopClassUid);
  if (sop_class == kSegmentation) return masks_of(file);
  if (is_measurement_report(sop_class)) return regions_of(file);
  return std::nullopt;
}

}  // namespace mammograft
