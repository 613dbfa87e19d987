#include "cohort/detections.h"
#include "fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t count) {
  return mammograft::try_reader(
      bytes, count, [](const std::filesystem::path& file) { mammograft::read_detections(file); });
}
