#include "fuzz.h"
#include "image/codecs.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t count) {
  using namespace mammograft;
  const std::string_view input(reinterpret_cast<const char*>(bytes), count);
  try_reader([&] { jpeg_header(input, "input"); });
  return try_reader([&] { decode_jpeg(input, "input"); });
}
