#include "exchange/results_yolo.h"
#include "fuzz.h"
#include "small_truth.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t count) {
  return mammograft::try_reader(bytes, count, [](const std::filesystem::path& file) {
    const mammograft::Cohort& truth = mammograft::small_truth();
    const mammograft::CategoryLookup categories(truth, "");
    mammograft::read_yolo_file(file, truth.images[0], categories, {});
  });
}
