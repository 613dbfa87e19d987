#include "cohort/coco_file.h"
#include "fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t count) {
  return mammograft::try_reader(bytes, count, [](const std::filesystem::path& file) {
    mammograft::read_coco_file(file, {/*ours=*/false, /*own_facts=*/true, /*keep_going=*/true});
    mammograft::read_coco_file(file, {/*ours=*/true});
  });
}
