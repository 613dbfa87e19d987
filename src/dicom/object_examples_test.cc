// What tests/dicom/validate.py shows to other programs: objects about images with 0, 1 and 20
// findings, and about one whose header lacks all that it may lack.
#include <gtest/gtest.h>

#include <cstdlib>

#include "core/files.h"
#include "dicom/cad_sr.h"
#include "dicom/finding_testing.h"
#include "dicom/measurement_sr.h"
#include "dicom/presentation_state.h"
#include "dicom/segmentation.h"

namespace mammograft {
namespace {

// All objects about `images`; of those that are about one image, about the first.
int write_examples(const fs::path& folder, const std::string& name,
                   const std::vector<SearchedImage>& images) {
  write_cad_sr(folder / (name + "_cad.dcm"), images, kAlgorithm, kNoon);
  write_measurement_sr(folder / (name + "_sr.dcm"), images, kAlgorithm, kNoon);
  write_presentation_state(folder / (name + "_ps.dcm"), images[0], kAlgorithm, kNoon);
  return write_segmentation(folder / (name + "_seg.dcm"), images[0], kAlgorithm, kNoon) ? 4 : 3;
}

TEST(ObjectExamples, AreWritten) {
  const TestFolder own;
  const char* wanted = std::getenv("MAMMOGRAFT_EXAMPLES");
  const fs::path folder = wanted != nullptr ? fs::path(wanted) : own.path();
  int expected = 0;
  for (const int count : {0, 1, 20}) {
    expected += write_examples(folder, std::to_string(count),
                               {image_with(count, 0), image_with(count / 2, 1), image_with(0, 2)});
  }
  expected += write_examples(folder, "bare", {bare_image(2)});
  EXPECT_EQ(expected, 15);
  for (const auto& entry : fs::directory_iterator(folder))
    EXPECT_TRUE(looks_like_dicom(entry.path())) << entry.path();
}

}  // namespace
}  // namespace mammograft
