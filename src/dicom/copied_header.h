// What objects about an image repeat of its header, copied: no file stays open.
#pragma once

#include <memory>

#include "dicom/dicom_file.h"
#include "dicom/new_dicom.h"

namespace mammograft {

// Of the patient, the study, and how grey values are seen; text in the character set of the file.
// Names stand in it: it is for writing objects of the same study, nothing else.
class CopiedHeader {
 public:
  explicit CopiedHeader(const DicomFile& file);
  DataSet data() const;
  // What the source lacks and every object must have is there, but empty (type 2).
  void write_patient_and_study(DataSetWriter to) const;

 private:
  std::shared_ptr<DcmItem> item_;
};

}  // namespace mammograft
