// A DICOM file that is looked at, with its header, which is read once.
#pragma once

#include <filesystem>

#include "dicom/mammogram.h"

namespace mammograft {

struct DicomImage {
  std::filesystem::path file;
  Mammogram header;
};

}  // namespace mammograft
