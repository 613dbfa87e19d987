#include "dicom/object_header.h"

#include "core/error.h"
#include "dicom/object_tag.h"

namespace mammograft {
namespace {

std::string text_of(const Algorithm& algorithm) {
  return fmt::format("{}\n{}\n{}\n{}", algorithm.name, algorithm.version, algorithm.model,
                     algorithm.operating_point);
}

std::string text_of(const Finding& finding) {
  std::string text = fmt::format("{} {} {} {} {}", finding.box.x0, finding.box.y0, finding.box.x1,
                                 finding.box.y1, finding.score);
  for (const Polygon& polygon : finding.outline) {
    text += "\n";
    for (const Point& point : polygon) text += fmt::format(" {} {}", point.x, point.y);
  }
  return text;
}

std::string text_of(const std::vector<SearchedImage>& images) {
  std::string text;
  for (const SearchedImage& image : images) {
    text += image.mammogram.instance + "\n";
    for (const Finding& finding : image.findings) text += text_of(finding) + "\n";
  }
  return text;
}

// Of type 1 for the objects of mammograft, on whichever equipment it runs.
void write_equipment(DataSetWriter to, const Algorithm& algorithm) {
  to.set(tags::kManufacturer, "mammograft");
  to.set(tags::kManufacturerModelName, algorithm.name);
  to.set(tags::kDeviceSerialNumber, "not a device");
  to.set(tags::kSoftwareVersions, algorithm.version);
}

}  // namespace

void write_object_header(DataSetWriter to, const ObjectKind& kind,
                         const std::vector<SearchedImage>& images, const Algorithm& algorithm,
                         const ContentTime& time) {
  ensure(!images.empty(), "a {} about no image", kind.words);
  const SearchedImage& first = images.front();
  for (const SearchedImage& image : images) {
    ensure(image.mammogram.study == first.mammogram.study, "a {} about several studies",
           kind.words);
  }
  const std::string base = kind.words + "\n" + text_of(algorithm) + "\n";
  first.header.write_patient_and_study(to);
  to.set(tags::kSopClassUid, kind.sop_class);
  to.set(tags::kSopInstanceUid, uid_from("instance\n" + base + text_of(images)));
  to.set(tags::kSeriesInstanceUid, uid_from("series\n" + base + first.mammogram.study));
  to.set(tags::kModality, kind.modality);
  to.set(tags::kSeriesNumber, kind.series_number);
  to.set(tags::kSeriesDescription,
         fmt::format("{} {}, {}", algorithm.name, kind.words, kResearchOnly));
  to.set(tags::kInstanceNumber, first.header.data().integer(tags::kInstanceNumber).value_or(1));
  to.set(tags::kInstanceCreationDate, time.date);
  to.set(tags::kInstanceCreationTime, time.time);
  write_equipment(to, algorithm);
}

void write_content_time(DataSetWriter to, const ContentTime& time) {
  to.set(tags::kContentDate, time.date);
  to.set(tags::kContentTime, time.time);
}

std::string tracking_uid(const SearchedImage& image, const Finding& finding,
                         const Algorithm& algorithm) {
  return uid_from("finding\n" + image.mammogram.instance + "\n" + text_of(finding) + "\n" +
                  text_of(algorithm));
}

DataSetWriter add_reference(DataSetWriter to, Tag sequence, const Mammogram& image) {
  DataSetWriter item = to.add_item(sequence);
  item.set(tags::kReferencedSopClassUid, image.sop_class);
  item.set(tags::kReferencedSopInstanceUid, image.instance);
  return item;
}

}  // namespace mammograft
