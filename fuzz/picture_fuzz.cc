#include "image/image_io.h"

#include "fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t count) {
  return mammograft::try_reader(bytes, count, [](const std::filesystem::path& file) {
    mammograft::read_image_header(file);
    mammograft::read_image(file);
  });
}
