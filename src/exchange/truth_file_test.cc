#include "exchange/truth_file.h"

#include "core/files.h"
#include "core/testing.h"

namespace mammograft {
namespace {

// One truth as a table, as COCO, and as a cohort's folder.
TEST(TruthFile, DecidesByContent) {
  const TestFolder folder;
  const std::string coco = R"({"categories": [{"id": 1, "name": "mass"}],
      "images": [{"id": 1, "file_name": "a.png", "width": 200, "height": 400}],
      "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [20, 40, 40, 100]}]})";
  write_file(folder / "table",
             "image,width,height,xmin,ymin,xmax,ymax\na.png,200,400,20,40,60,140\n");
  write_file(folder / "coco", coco);
  create_folder(folder / "cohort");
  write_file(folder / "cohort" / "cohort.json", coco);
  for (const std::string name : {"table", "coco", "cohort"}) {
    const Cohort truth = read_truth(folder / name, {});
    ASSERT_EQ(truth.images.size(), 1u) << name;
    EXPECT_EQ(truth.images[0].file_name, "a.png") << name;
    ASSERT_EQ(truth.annotations.size(), 1u) << name;
    EXPECT_EQ(truth.annotations[0].bbox, (Box{20, 40, 60, 140})) << name;
  }
  EXPECT_ERROR(read_truth(folder / "none", {}), io, "none");
}

TEST(TruthFile, SaysThatALesionIsThereTwice) {
  const TestFolder folder;
  const std::string row = "a.png,200,400,20,40,60,140\n";
  write_file(folder / "t.csv", "image,width,height,xmin,ymin,xmax,ymax\n" + row + row);
  testing::internal::CaptureStderr();
  const Cohort truth = read_truth(folder / "t.csv", {});
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_EQ(truth.annotations.size(), 2u);
  EXPECT_NE(said.find("t.csv: 1 lesion is held twice"), std::string::npos) << said;
}

}  // namespace
}  // namespace mammograft
