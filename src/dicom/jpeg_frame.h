// What a JPEG or JPEG-LS stream says of its picture (ITU-T T.81, B.2.2; ISO/IEC 14495-1, C.2.2):
// DCMTK believes the DICOM header instead and decodes noise where they differ.
#pragma once

#include <optional>
#include <string_view>

namespace mammograft {

struct JpegFrame {
  int precision = 0, rows = 0, columns = 0, components = 0;
  bool lossless = false;
};

// From the first frame header; nothing where there is none.
std::optional<JpegFrame> jpeg_frame(std::string_view stream);

}  // namespace mammograft
