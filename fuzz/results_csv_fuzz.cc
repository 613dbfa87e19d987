#include "exchange/results_csv.h"
#include "fuzz.h"
#include "small_truth.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t count) {
  return mammograft::try_reader(bytes, count, [](const std::filesystem::path& file) {
    mammograft::ExchangeOptions options;
    options.default_category = "mass";
    mammograft::read_results_csv(file, mammograft::small_truth(), options);
  });
}
