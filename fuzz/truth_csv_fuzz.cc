#include "cohort/double_findings.h"
#include "exchange/truth_csv.h"
#include "fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t count) {
  return mammograft::try_reader(bytes, count, [](const std::filesystem::path& file) {
    mammograft::double_findings_text(mammograft::read_truth_csv(file, {}));
  });
}
