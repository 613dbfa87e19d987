#include "dicom/segmentation.h"

#include "dicom/codes.h"
#include "dicom/object_tag.h"
#include "dicom/transfer_syntax.h"
#include "image/rle.h"

namespace mammograft {
namespace {

const Code kSegmentation{"113076", "DCM", "Segmentation"};
const Code kSourceImage{"121322", "DCM", "Source Image for Image Processing Operation"};

void write_segmentation_image(DataSetWriter to, const SearchedImage& image) {
  to.set(tags::kImageType, "DERIVED\\PRIMARY");
  to.set(tags::kSegmentationType, "BINARY");
  to.set(tags::kSegmentsOverlap, "UNDEFINED");
  to.set(tags::kContentLabel, "MASSES");
  to.set(tags::kContentDescription, kResearchOnly);
  to.set_empty(tags::kContentCreatorName);
  const bool lossy = image.header.data().text(tags::kLossyImageCompression) == "01";
  to.set(tags::kLossyImageCompression, lossy ? "01" : "00");
  if (lossy) {
    to.copy(tags::kLossyImageCompressionRatio, image.header.data());
    to.copy(tags::kLossyImageCompressionMethod, image.header.data());
  }
  if (!to.copy(tags::kPatientOrientation, image.header.data()))
    to.set_empty(tags::kPatientOrientation);
}

void add_region(DataSetWriter segment, const std::string& laterality) {
  DataSetWriter region = segment.add_item(tags::kAnatomicRegionSequence);
  write_code(region, codes::kBreast);
  if (laterality != "L" && laterality != "R") return;
  add_code(region, tags::kAnatomicRegionModifierSequence,
           laterality == "L" ? codes::kLeft : codes::kRight);
}

void add_algorithm_of_segment(DataSetWriter segment, const Algorithm& algorithm) {
  DataSetWriter item = segment.add_item(tags::kSegmentationAlgorithmIdentificationSequence);
  add_code(item, tags::kAlgorithmFamilyCodeSequence, codes::kArtificialIntelligence);
  item.set(tags::kAlgorithmName, algorithm.name);
  item.set(tags::kAlgorithmVersion, algorithm.version);
  std::string lines;
  for (const std::string& line : parameters_of(algorithm)) lines += line + "\n";
  item.set(tags::kAlgorithmParameters, lines);
}

void add_segment(DataSetWriter to, const SearchedImage& image, size_t i,
                 const Algorithm& algorithm) {
  const Finding& finding = image.findings[i];
  const std::string name = fmt::format("{} {}", algorithm.name, i + 1);
  DataSetWriter segment = to.add_item(tags::kSegmentSequence);
  segment.set(tags::kSegmentNumber, static_cast<int64_t>(i + 1));
  segment.set(tags::kSegmentLabel, fmt::format("mass {}, score {:.3g}", i + 1, finding.score));
  segment.set(tags::kSegmentDescription, kResearchOnly);
  segment.set(tags::kSegmentAlgorithmType, "AUTOMATIC");
  segment.set(tags::kSegmentAlgorithmName, algorithm.name);
  add_algorithm_of_segment(segment, algorithm);
  add_code(segment, tags::kSegmentedPropertyCategoryCodeSequence, codes::kMorphologicallyAbnormal);
  add_code(segment, tags::kSegmentedPropertyTypeCodeSequence, codes::kMass);
  add_region(segment, image.mammogram.laterality);
  segment.set(tags::kTrackingId, name);
  segment.set(tags::kTrackingUid, tracking_uid(image, finding, algorithm));
  segment.set(tags::kRecommendedDisplayCieLabValue, "34885\\53485\\50171");  // red
}

// The one dimension of the frames is the segment's number.
void write_dimensions(DataSetWriter to, const std::string& organization) {
  to.add_item(tags::kDimensionOrganizationSequence)
      .set(tags::kDimensionOrganizationUid, organization);
  DataSetWriter index = to.add_item(tags::kDimensionIndexSequence);
  index.set(tags::kDimensionOrganizationUid, organization);
  index.set_tag(tags::kDimensionIndexPointer, tags::kReferencedSegmentNumber);
  index.set_tag(tags::kFunctionalGroupPointer, tags::kSegmentIdentificationSequence);
  index.set(tags::kDimensionDescriptionLabel, "Segment Number");
}

void add_frame(DataSetWriter to, const Mammogram& image, int64_t number) {
  DataSetWriter frame = to.add_item(tags::kPerFrameFunctionalGroupsSequence);
  frame.add_item(tags::kFrameContentSequence).set(tags::kDimensionIndexValues, number);
  frame.add_item(tags::kSegmentIdentificationSequence).set(tags::kReferencedSegmentNumber, number);
  DataSetWriter derivation = frame.add_item(tags::kDerivationImageSequence);
  add_code(derivation, tags::kDerivationCodeSequence, kSegmentation);
  DataSetWriter source = add_reference(derivation, tags::kSourceImageSequence, image);
  source.set(tags::kSpatialLocationsPreserved, "YES");
  add_code(source, tags::kPurposeOfReferenceCodeSequence, kSourceImage);
}

void write_referenced_series(DataSetWriter to, const Mammogram& image) {
  DataSetWriter series = to.add_item(tags::kReferencedSeriesSequence);
  series.set(tags::kSeriesInstanceUid, image.series);
  add_reference(series, tags::kReferencedInstanceSequence, image);
}

// A bit a pixel, frame after frame without a gap, the first pixel in the lowest bit (PS3.5 8.1.1).
std::vector<uint8_t> packed(const SearchedImage& image) {
  const int rows = image.mammogram.height, columns = image.mammogram.width;
  const size_t pixels = static_cast<size_t>(rows) * static_cast<size_t>(columns);
  std::vector<uint8_t> bytes((pixels * image.findings.size() + 15) / 16 * 2);
  size_t at = 0;
  for (const Finding& finding : image.findings) {
    const cv::Mat mask = decode_rle(rasterize(outlines(finding), rows, columns));
    for (int y = 0; y < rows; ++y) {
      const uint8_t* row = mask.ptr<uint8_t>(y);
      for (int x = 0; x < columns; ++x, ++at) {
        if (row[x] != 0) bytes[at / 8] = static_cast<uint8_t>(bytes[at / 8] | 1 << at % 8);
      }
    }
  }
  return bytes;
}

void write_bits(DataSetWriter to, const SearchedImage& image) {
  to.set(tags::kSamplesPerPixel, 1);
  to.set(tags::kPhotometricInterpretation, "MONOCHROME2");
  to.set(tags::kNumberOfFrames, static_cast<int64_t>(image.findings.size()));
  to.set(tags::kRows, image.mammogram.height);
  to.set(tags::kColumns, image.mammogram.width);
  to.set(tags::kBitsAllocated, 1);
  to.set(tags::kBitsStored, 1);
  to.set(tags::kHighBit, 0);
  to.set(tags::kPixelRepresentation, 0);
  to.set_bytes(tags::kPixelData, packed(image));
}

}  // namespace

bool write_segmentation(const std::filesystem::path& path, const SearchedImage& image,
                        const Algorithm& algorithm, const ContentTime& time) {
  if (image.findings.empty()) return false;
  static const ObjectKind kind{"1.2.840.10008.5.1.4.1.1.66.4", "SEG", "segmentation", 9003};
  NewDicom object;
  DataSetWriter data = object.data();
  write_object_header(data, kind, {image}, algorithm, time);
  write_segmentation_image(data, image);
  write_content_time(data, time);
  write_dimensions(data, uid_from("dimensions\n" + image.mammogram.instance));
  data.add_item(tags::kSharedFunctionalGroupsSequence);
  for (size_t i = 0; i < image.findings.size(); ++i) {
    add_segment(data, image, i, algorithm);
    add_frame(data, image.mammogram, static_cast<int64_t>(i + 1));
  }
  write_referenced_series(data, image.mammogram);
  write_bits(data, image);
  object.write(path, transfer_syntax::kExplicitLittleEndian);
  return true;
}

}  // namespace mammograft
