#include "dicom/measurement_sr.h"

#include <gtest/gtest.h>

#include <set>

#include "dicom/finding_testing.h"
#include "dicom/report_testing.h"

namespace mammograft {
namespace {

DicomFile measurement_report(const TestFolder& folder, const std::vector<SearchedImage>& images) {
  write_measurement_sr(folder / "sr.dcm", images, kAlgorithm, kNoon);
  return DicomFile(folder / "sr.dcm");
}

TEST(MeasurementSr, HasAGroupForEachFinding) {
  for (const int count : {0, 1, 20}) {
    const TestFolder folder;
    const DicomFile file = measurement_report(folder, {image_with(count, 0), image_with(0, 1)});
    const DataSet data = file.data();
    EXPECT_EQ(data.text(tags::kSopClassUid), "1.2.840.10008.5.1.4.1.1.88.33");
    EXPECT_EQ(data.items(tags::kContentTemplateSequence).at(0).text(tags::kTemplateIdentifier),
              "1500");
    EXPECT_EQ(data.text(tags::kContentDate), "20260131");
    EXPECT_EQ(data.text(tags::kContentTime), "120000");
    const std::vector<DataSet> groups = items_named(data, "125007");
    EXPECT_EQ(std::ssize(groups), count);
    EXPECT_EQ(std::ssize(items_named(data, "103339001")), (count + 2) / 3) << "those with a size";
    std::set<std::string> uids;
    for (const DataSet& group : groups) {
      uids.insert(items_named(group, "112040").at(0).text(Tag{0x0040, 0xA124}));
      EXPECT_EQ(values_named(group, "121071"), std::vector<std::string>{"4147007"});
      const DataSet region = items_named(group, "111030").at(0);
      const DataSet image = region.items(tags::kContentSequence).at(0);
      EXPECT_EQ(
          image.items(tags::kReferencedSopSequence).at(0).text(tags::kReferencedSopInstanceUid),
          uid_from("instance 0"));
    }
    EXPECT_EQ(std::ssize(uids), count);
    EXPECT_EQ(evidence_of(data),
              (std::vector<std::string>{uid_from("instance 0"), uid_from("instance 1")}));
    EXPECT_EQ(texts_named(data, "111002").at(0), "RESEARCH USE ONLY");
  }
}

TEST(MeasurementSr, IsOfABareImageToo) {
  const TestFolder folder;
  const DicomFile file = measurement_report(folder, {bare_image(2)});
  EXPECT_EQ(items_named(file.data(), "125007").size(), 2u);
  EXPECT_TRUE(items_named(file.data(), "272741003").empty()) << "no side is known";
  EXPECT_EQ(evidence_of(file.data()), std::vector<std::string>{uid_from("instance")});
}

}  // namespace
}  // namespace mammograft
