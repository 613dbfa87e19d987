// The attributes of DICOM that mammograft reads or writes, by the names of PS3.6.
#pragma once

#include <compare>
#include <cstdint>

namespace mammograft {

struct Tag {
  uint16_t group = 0, element = 0;
  auto operator<=>(const Tag&) const = default;
};

namespace tags {

inline constexpr Tag kImageType{0x0008, 0x0008};
inline constexpr Tag kSopClassUid{0x0008, 0x0016};
inline constexpr Tag kSopInstanceUid{0x0008, 0x0018};
inline constexpr Tag kModality{0x0008, 0x0060};
inline constexpr Tag kPresentationIntentType{0x0008, 0x0068};
inline constexpr Tag kManufacturer{0x0008, 0x0070};
inline constexpr Tag kCodeValue{0x0008, 0x0100};
inline constexpr Tag kManufacturerModelName{0x0008, 0x1090};
inline constexpr Tag kPatientId{0x0010, 0x0020};
inline constexpr Tag kBodyPartExamined{0x0018, 0x0015};
inline constexpr Tag kDistanceSourceToDetector{0x0018, 0x1110};
inline constexpr Tag kDistanceSourceToPatient{0x0018, 0x1111};
inline constexpr Tag kMagnificationFactor{0x0018, 0x1114};  // estimated radiographic
inline constexpr Tag kImagerPixelSpacing{0x0018, 0x1164};
inline constexpr Tag kViewPosition{0x0018, 0x5101};
inline constexpr Tag kFieldOfViewHorizontalFlip{0x0018, 0x7034};
inline constexpr Tag kStudyInstanceUid{0x0020, 0x000D};
inline constexpr Tag kSeriesInstanceUid{0x0020, 0x000E};
inline constexpr Tag kPatientOrientation{0x0020, 0x0020};
inline constexpr Tag kLaterality{0x0020, 0x0060};
inline constexpr Tag kImageLaterality{0x0020, 0x0062};
inline constexpr Tag kSamplesPerPixel{0x0028, 0x0002};
inline constexpr Tag kPhotometricInterpretation{0x0028, 0x0004};
inline constexpr Tag kPlanarConfiguration{0x0028, 0x0006};
inline constexpr Tag kNumberOfFrames{0x0028, 0x0008};
inline constexpr Tag kRows{0x0028, 0x0010};
inline constexpr Tag kColumns{0x0028, 0x0011};
inline constexpr Tag kPixelSpacing{0x0028, 0x0030};
inline constexpr Tag kBitsAllocated{0x0028, 0x0100};
inline constexpr Tag kBitsStored{0x0028, 0x0101};
inline constexpr Tag kHighBit{0x0028, 0x0102};
inline constexpr Tag kPixelRepresentation{0x0028, 0x0103};
inline constexpr Tag kPixelPaddingValue{0x0028, 0x0120};
inline constexpr Tag kPixelPaddingRangeLimit{0x0028, 0x0121};
inline constexpr Tag kPixelIntensityRelationship{0x0028, 0x1040};
inline constexpr Tag kPixelIntensityRelationshipSign{0x0028, 0x1041};
inline constexpr Tag kWindowCenter{0x0028, 0x1050};
inline constexpr Tag kWindowWidth{0x0028, 0x1051};
inline constexpr Tag kRescaleIntercept{0x0028, 0x1052};
inline constexpr Tag kRescaleSlope{0x0028, 0x1053};
inline constexpr Tag kVoiLutFunction{0x0028, 0x1056};
inline constexpr Tag kModalityLutSequence{0x0028, 0x3000};
inline constexpr Tag kLutDescriptor{0x0028, 0x3002};
inline constexpr Tag kLutData{0x0028, 0x3006};
inline constexpr Tag kVoiLutSequence{0x0028, 0x3010};
inline constexpr Tag kViewCodeSequence{0x0054, 0x0220};
inline constexpr Tag kViewModifierCodeSequence{0x0054, 0x0222};
inline constexpr Tag kOverlayBitsAllocated{0x6000, 0x0100};
inline constexpr Tag kOverlayBitPosition{0x6000, 0x0102};
inline constexpr Tag kPresentationLutShape{0x2050, 0x0020};
inline constexpr Tag kPixelData{0x7FE0, 0x0010};

}  // namespace tags

}  // namespace mammograft
