#include "dicom/copied_header.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcitem.h>

#include "dicom/object_tag.h"

namespace mammograft {
namespace {

// PS3.3 C.7.1.1, C.7.2.1: of type 1 or 2.
constexpr Tag kNeeded[] = {
    tags::kStudyInstanceUid, tags::kPatientName, tags::kPatientId,
    tags::kPatientBirthDate, tags::kPatientSex,  tags::kStudyDate,
    tags::kStudyTime,        tags::kStudyId,     tags::kReferringPhysicianName,
    tags::kAccessionNumber,
};

// Where the source has them. That a study was de-identified must go on being said.
constexpr Tag kOptional[] = {
    tags::kSpecificCharacterSet,
    tags::kTimezoneOffsetFromUtc,
    tags::kStudyDescription,
    tags::kIssuerOfPatientId,
    tags::kPatientAge,
    tags::kPatientIdentityRemoved,
    tags::kDeidentificationMethod,
    tags::kDeidentificationMethodCodeSequence,
    tags::kLongitudinalTemporalInformationModified,
};

constexpr Tag kOfTheImage[] = {
    tags::kInstanceNumber,
    tags::kModality,
    tags::kPatientOrientation,
    tags::kPhotometricInterpretation,
    tags::kPixelRepresentation,
    tags::kRescaleIntercept,
    tags::kRescaleSlope,
    tags::kRescaleType,
    tags::kModalityLutSequence,
    tags::kWindowCenter,
    tags::kWindowWidth,
    tags::kVoiLutFunction,
    tags::kVoiLutSequence,
    tags::kPresentationLutShape,
    tags::kLossyImageCompression,
    tags::kLossyImageCompressionRatio,
    tags::kLossyImageCompressionMethod,
};

}  // namespace

CopiedHeader::CopiedHeader(const DicomFile& file) : item_(std::make_shared<DcmItem>()) {
  DataSetWriter to(item_.get());
  for (const Tag tag : kNeeded) to.copy(tag, file.data());
  for (const Tag tag : kOptional) to.copy(tag, file.data());
  for (const Tag tag : kOfTheImage) to.copy(tag, file.data());
}

DataSet CopiedHeader::data() const { return DataSet(item_.get()); }

void CopiedHeader::write_patient_and_study(DataSetWriter to) const {
  for (const Tag tag : kNeeded) {
    if (!to.copy(tag, data())) to.set_empty(tag);
  }
  for (const Tag tag : kOptional) to.copy(tag, data());
}

}  // namespace mammograft
