#include "prepare/source_pixels.h"

#include "dicom/stored_pixels.h"
#include "dicom/transfer_syntax.h"
#include "image/image_io.h"

namespace mammograft {
namespace {

void add_warnings(const std::vector<std::string>& warnings, Json& acquisition) {
  for (const std::string& warning : warnings) acquisition["warnings"].push_back(warning);
}

void set_text(const char* key, const std::string& value, Json& acquisition) {
  if (!value.empty()) acquisition[key] = value;
}

}  // namespace

ImageHeader read_source_header(const std::filesystem::path& file) {
  if (!looks_like_dicom(file)) return read_image_header(file);
  const Mammogram found = read_mammogram(DicomFile(file));
  return {found.width, found.height};
}

DecodedImage read_source_pixels(const std::filesystem::path& file, const GreyOptions& options,
                                ImageRecord& record) {
  if (!looks_like_dicom(file)) return read_image(file);
  const DicomFile dicom(file);
  GreyPicture picture = grey_picture(dicom, decode_pixels(dicom), options);
  record.acquisition["voi"] = picture.voi;
  add_warnings(picture.warnings, record.acquisition);
  return std::move(picture.image);
}

Mammogram describe_source(const DicomFile& file, ImageRecord& record) {
  Mammogram found = read_mammogram(file);
  record.width = found.width;
  record.height = found.height;
  if (record.laterality.empty()) record.laterality = found.laterality;
  if (record.view.empty()) record.view = found.view;
  Json& acquisition = record.acquisition;
  if (!record.pixel_spacing_mm && found.spacing_mm) {
    record.pixel_spacing_mm = found.spacing_mm;
    acquisition["spacing_from"] = found.spacing_from;
  }
  set_text("vendor", found.vendor, acquisition);
  set_text("intent", found.intent, acquisition);
  set_text("transfer_syntax", transfer_syntax_name(file.transfer_syntax()), acquisition);
  for (const std::string& modifier : found.view_modifiers)
    acquisition["view_modifiers"].push_back(modifier);
  if (!found.chest_wall.empty()) acquisition["chest_wall_by_header"] = found.chest_wall;
  add_warnings(found.warnings, acquisition);
  return found;
}

}  // namespace mammograft
