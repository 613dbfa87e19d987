#include "dicom/grey.h"
#include "dicom/mammogram.h"
#include "fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t count) {
  using namespace mammograft;
  return try_reader(bytes, count, [](const std::filesystem::path& path) {
    const DicomFile file(path);
    reason_to_leave_out(file, {});
    read_mammogram(file);
    grey_picture(file, decode_pixels(file));
  });
}
