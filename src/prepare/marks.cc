#include "prepare/marks.h"

#include "core/text.h"
#include "dicom/codes.h"
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

// By the code in any language, or by the word: codes differ from writer to writer.
bool means_mass(const Code& code) {
  constexpr const char* kSnomedRt = "M-03000";  // what older writers call it
  return code.value.empty() || code.value == codes::kMass.value || code.value == kSnomedRt ||
         lower_case(code.meaning).find("mass") != std::string::npos;
}

Annotation annotated(Segmentation segmentation, const Box& box) {
  Annotation annotation;
  annotation.bbox = box;
  annotation.segmentation = std::move(segmentation);
  return annotation;
}

std::vector<Mark> masks_of(const DicomFile& file) {
  std::vector<Mark> marks;
  for (const SegmentMask& segment : read_segmentation(file)) {
    const Rle mask = encode_rle(segment.mask);
    if (area(mask) == 0) continue;
    marks.push_back({segment.instance, means_mass(segment.property), segment.by_program,
                     annotated(mask, bounds(mask))});
  }
  return marks;
}

std::vector<Mark> regions_of(const DicomFile& file) {
  std::vector<Mark> marks;
  for (const MeasuredRegion& region : read_measurement_sr(file)) {
    Mark mark{region.instance, means_mass(region.finding), region.by_program, std::nullopt};
    if (!region.outline.empty())
      mark.annotation = annotated(std::vector<Polygon>{region.outline}, bounds(region.outline));
    marks.push_back(std::move(mark));
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
