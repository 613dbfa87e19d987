#include "prepare/listed_source.h"

#include <fmt/format.h>

#include "prepare/source_pixels.h"

namespace mammograft {
namespace {

void warn_where_not(const std::string& listed, const std::string& header, const char* what,
                    Json& acquisition) {
  if (header.empty() || header == listed) return;
  acquisition["warnings"].push_back(fmt::format(
      "{} is {} in the header, {} in the table: the table is believed", what, header, listed));
}

}  // namespace

void describe_listed(SourceImage& image) {
  ImageRecord& record = image.record;
  if (!looks_like_dicom(image.file)) {
    const ImageHeader header = read_source_header(image.file);
    record.width = header.width;
    record.height = header.height;
    return;
  }
  const Mammogram found = describe_source(DicomFile(image.file), record);
  image.size_is_read = true;
  warn_where_not(record.laterality, found.laterality, "laterality", record.acquisition);
  warn_where_not(record.view, found.view, "view", record.acquisition);
}

}  // namespace mammograft
