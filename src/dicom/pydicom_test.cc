// Decodes the files of a list for tests/dicom/pydicom_parity.py, which compares.
#include <gtest/gtest.h>

#include <cstdlib>
#include <sstream>

#include "core/files.h"
#include "dicom/stored_pixels.h"

namespace mammograft {
namespace {

// The stored values as 32-bit words, after rows and columns; or why there are none.
void decode_to(const fs::path& file, const fs::path& result) {
  try {
    cv::Mat values;
    decode_pixels(DicomFile(file)).values.convertTo(values, CV_32S);
    const int32_t sizes[] = {values.rows, values.cols};
    write_pieces(fs::path(result) += ".raw",
                 {{reinterpret_cast<const char*>(sizes), sizeof(sizes)},
                  {reinterpret_cast<const char*>(values.data), values.total() * sizeof(int32_t)}});
  } catch (const Error& error) {
    write_file(fs::path(result) += ".txt", error.what());
  }
}

TEST(Pydicom, DecodesTheFilesOfAList) {
  const char* list = std::getenv("MAMMOGRAFT_DICOM_LIST");
  const char* folder = std::getenv("MAMMOGRAFT_DICOM_DECODED");
  if (list == nullptr || folder == nullptr) GTEST_SKIP() << "for tests/dicom/pydicom_parity.py";
  std::istringstream lines(read_file(list));
  int number = 0;
  for (std::string line; std::getline(lines, line);)
    decode_to(line, fs::path(folder) / std::to_string(number++));
}

}  // namespace
}  // namespace mammograft
