#include "dicom/segment_mask.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcfilefo.h>

#include <map>
#include <optional>

#include "core/error.h"
#include "dicom/object_tag.h"
#include "dicom/transfer_syntax.h"
#include "image/codecs.h"

namespace mammograft {
namespace {

struct MaskLayout {
  int rows = 0, columns = 0, frames = 0;
  bool binary = true;
  int maximum = 1;  // of fractional values
  size_t pixels() const { return static_cast<size_t>(rows) * static_cast<size_t>(columns); }
  size_t bytes() const {
    const size_t values = pixels() * static_cast<size_t>(frames);
    return binary ? (values + 7) / 8 : values;
  }
};

int whole(const DicomFile& file, Tag tag, const char* name, int most) {
  const int64_t value = file.data().integer(tag).value_or(0);
  if (value < 1 || value > most)
    fail(ErrorKind::bad_input, "{}: {}: found {}, expected 1 to {}", file.name(), name, value,
         most);
  return static_cast<int>(value);
}

MaskLayout mask_layout(const DicomFile& file) {
  constexpr const char* kSegmentationStorage = "1.2.840.10008.5.1.4.1.1.66.4";
  const DataSet data = file.data();
  if (data.text(tags::kSopClassUid) != kSegmentationStorage)
    fail(ErrorKind::bad_input, "{}: is no segmentation of pixels", file.name());
  MaskLayout layout;
  layout.rows = whole(file, tags::kRows, "Rows", 65535);
  layout.columns = whole(file, tags::kColumns, "Columns", 65535);
  check_image_size(file.name(), layout.columns, layout.rows);
  layout.frames = whole(file, tags::kNumberOfFrames, "Number of Frames", 1 << 20);
  const std::string type = data.text(tags::kSegmentationType);
  if (type != "BINARY" && type != "FRACTIONAL")
    fail(ErrorKind::bad_input, "{}: Segmentation Type: expected BINARY or FRACTIONAL", file.name());
  layout.binary = type == "BINARY";
  const int64_t allocated = data.integer(tags::kBitsAllocated).value_or(0);
  if (allocated != (layout.binary ? 1 : 8)) {
    fail(ErrorKind::bad_input, "{}: Bits Allocated: found {}, expected {} as it is {}", file.name(),
         allocated, layout.binary ? 1 : 8, type);
  }
  if (!layout.binary)
    layout.maximum = whole(file, tags::kMaximumFractionalValue, "Maximum Fractional Value", 255);
  return layout;
}

// The values of all frames as they lie in the file, after they were decompressed.
const uint8_t* frame_bytes(const DicomFile& file, const MaskLayout& layout) {
  DcmDataset& data = *file.format().getDataset();
  DcmElement* element = nullptr;
  if (data.chooseRepresentation(EXS_LittleEndianExplicit, nullptr).bad() ||
      data.findAndGetElement(DCM_PixelData, element).bad() || element == nullptr)
    fail(ErrorKind::bad_input, "{}: its masks ({}) cannot be decoded", file.name(),
         transfer_syntax_name(file.transfer_syntax()));
  if (element->getLength() < layout.bytes()) {
    fail(ErrorKind::bad_input, "{}: Pixel Data: found {} bytes, expected {} for {} frames",
         file.name(), element->getLength(), layout.bytes(), layout.frames);
  }
  Uint8* bytes = nullptr;
  Uint16* words = nullptr;
  if (element->getUint8Array(bytes).good() && bytes != nullptr) return bytes;
  // Words of 16 bits, little endian as the memory is.
  if (element->getUint16Array(words).good() && words != nullptr)
    return reinterpret_cast<const uint8_t*>(words);
  fail(ErrorKind::bad_input, "{}: Pixel Data: is cut off", file.name());
}

cv::Mat mask_at(const uint8_t* bytes, const MaskLayout& layout, int frame) {
  cv::Mat mask(layout.rows, layout.columns, CV_8UC1);
  size_t at = layout.pixels() * static_cast<size_t>(frame);
  for (int y = 0; y < layout.rows; ++y) {
    uint8_t* row = mask.ptr<uint8_t>(y);
    for (int x = 0; x < layout.columns; ++x, ++at) {
      row[x] = layout.binary ? bytes[at / 8] >> at % 8 & 1 : 2 * bytes[at] >= layout.maximum;
    }
  }
  return mask;
}

// What the header says of its frames.
struct FrameGroups {
  explicit FrameGroups(const DataSet& data)
      : of_frames(data.items(tags::kPerFrameFunctionalGroupsSequence)),
        shared(data.items(tags::kSharedFunctionalGroupsSequence)) {}

  // A functional group is the frame's own, or shared by all.
  std::optional<DataSet> find(size_t frame, Tag group) const {
    if (frame < of_frames.size()) {
      for (const DataSet& item : of_frames[frame].items(group)) return item;
    }
    for (const DataSet& all : shared) {
      for (const DataSet& item : all.items(group)) return item;
    }
    return std::nullopt;
  }

  std::vector<DataSet> of_frames, shared;
};

// Where the object refers to one image only, its frames can be of no other.
std::string only_reference(const DataSet& data) {
  std::vector<std::string> found;
  for (const DataSet& series : data.items(tags::kReferencedSeriesSequence)) {
    for (const DataSet& image : series.items(tags::kReferencedInstanceSequence))
      found.push_back(image.text(tags::kReferencedSopInstanceUid));
  }
  return found.size() == 1 ? found.front() : "";
}

std::string image_of_frame(const FrameGroups& groups, size_t frame) {
  if (const auto derivation = groups.find(frame, tags::kDerivationImageSequence)) {
    for (const DataSet& source : derivation->items(tags::kSourceImageSequence))
      return source.text(tags::kReferencedSopInstanceUid);
  }
  return "";
}

struct Segment {
  Code property;
  bool by_program = false;
};

std::map<int64_t, Segment> segments_of(const DataSet& data) {
  std::map<int64_t, Segment> found;
  for (const DataSet& segment : data.items(tags::kSegmentSequence)) {
    found[segment.integer(tags::kSegmentNumber).value_or(0)] = {
        read_code(segment, tags::kSegmentedPropertyTypeCodeSequence),
        segment.text(tags::kSegmentAlgorithmType) == "AUTOMATIC"};
  }
  return found;
}

int64_t segment_of_frame(const FrameGroups& groups, size_t frame) {
  const auto group = groups.find(frame, tags::kSegmentIdentificationSequence);
  return group ? group->integer(tags::kReferencedSegmentNumber).value_or(0) : 0;
}

}  // namespace

std::vector<SegmentMask> read_segmentation(const DicomFile& file) {
  const MaskLayout layout = mask_layout(file);
  const uint8_t* bytes = frame_bytes(file, layout);
  const DataSet data = file.data();
  const FrameGroups groups(data);
  const std::map<int64_t, Segment> segments = segments_of(data);
  const std::string only_image = only_reference(data);
  std::vector<SegmentMask> masks;
  for (int i = 0; i < layout.frames; ++i) {
    const auto frame = static_cast<size_t>(i);
    const auto segment = segments.find(segment_of_frame(groups, frame));
    if (segment == segments.end())
      fail(ErrorKind::bad_input, "{}: frame {}: is of no segment", file.name(), i + 1);
    std::string image = image_of_frame(groups, frame);
    if (image.empty()) image = only_image;
    if (image.empty())
      fail(ErrorKind::bad_input, "{}: frame {}: does not say of which image", file.name(), i + 1);
    masks.push_back({std::move(image), segment->second.property, segment->second.by_program,
                     mask_at(bytes, layout, i)});
  }
  return masks;
}

}  // namespace mammograft
