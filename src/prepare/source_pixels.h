// The pixels of a release's file, DICOM or picture, as a cohort holds them.
#pragma once

#include <filesystem>

#include "cohort/cohort.h"
#include "dicom/grey.h"
#include "dicom/mammogram.h"
#include "image/decoded_image.h"

namespace mammograft {

// What stands before the pixels. Throws as read_image_header() or read_mammogram() do.
ImageHeader read_source_header(const std::filesystem::path& file);

// Of DICOM: grey values as a reader sees them (dicom/grey.h); `acquisition` of the record gets
// `voi`, and `warnings` where the file contradicts itself. Throws as read_image(), decode_pixels()
// and grey_picture() do.
DecodedImage read_source_pixels(const std::filesystem::path& file, const GreyOptions& options,
                                ImageRecord& record);

// What a DICOM header says goes into the record: size, side, view, spacing and, in `acquisition`,
// `vendor`, `intent`, `spacing_from`, `view_modifiers`, `transfer_syntax`, `warnings`.
// Nothing that identifies anybody; what the record already knows stays.
// Returns the header as it was read.
Mammogram describe_source(const DicomFile& file, ImageRecord& record);

}  // namespace mammograft
