#include "dicom/segmentation.h"

#include <gtest/gtest.h>

#include "core/files.h"
#include "dicom/finding_testing.h"
#include "dicom/segment_mask.h"

namespace mammograft {
namespace {

DicomFile segmentation_of(const TestFolder& folder, const SearchedImage& image) {
  EXPECT_TRUE(write_segmentation(folder / "seg.dcm", image, kAlgorithm, kNoon));
  return DicomFile(folder / "seg.dcm");
}

TEST(Segmentation, OfNothingThereIsNone) {
  const TestFolder folder;
  EXPECT_FALSE(write_segmentation(folder / "seg.dcm", image_with(0), kAlgorithm, kNoon));
  EXPECT_FALSE(std::filesystem::exists(folder / "seg.dcm"));
}

TEST(Segmentation, RefersToTheImageAndMakesUpNoFrameOfReference) {
  const TestFolder folder;
  const DicomFile file = segmentation_of(folder, image_with(20));
  const DataSet data = file.data();
  EXPECT_FALSE(data.exists(Tag{0x0020, 0x0052})) << "Frame of Reference UID";
  EXPECT_EQ(data.integer(tags::kNumberOfFrames), 20);
  EXPECT_EQ(data.text(tags::kContentDate), "20260131");
  const DataSet region =
      data.items(tags::kSegmentSequence).at(0).items(tags::kAnatomicRegionSequence).at(0);
  EXPECT_EQ(read_code(region, tags::kAnatomicRegionModifierSequence).meaning, "Left");
  EXPECT_EQ(data.integer(tags::kRows), 400);
  EXPECT_EQ(data.integer(tags::kColumns), 320);
  EXPECT_EQ(data.items(tags::kSegmentSequence).size(), 20u);
  const DataSet series = data.items(tags::kReferencedSeriesSequence).at(0);
  EXPECT_EQ(series.text(tags::kSeriesInstanceUid), uid_from("series"));
  for (const DataSet& frame : data.items(tags::kPerFrameFunctionalGroupsSequence)) {
    const DataSet source =
        frame.items(tags::kDerivationImageSequence).at(0).items(tags::kSourceImageSequence).at(0);
    EXPECT_EQ(source.text(tags::kReferencedSopInstanceUid), uid_from("instance 0"));
    EXPECT_TRUE(frame.items(Tag{0x0020, 0x9113}).empty()) << "Plane Position Sequence";
  }
}

// Pixels whose centres lie in the box, counted one by one in the packed bits.
TEST(Segmentation, BitsLieFrameAfterFrameFromTheLowest) {
  NewDicom made = new_mammogram(noise_image(3, 5, 12), 12);
  SearchedImage image = searched_image(Reopened(std::move(made)).file, {});
  image.findings = {{{1, 0, 3, 2}, {}, 1, std::nullopt}, {{4, 2, 5, 3}, {}, 1, std::nullopt}};
  const TestFolder folder;
  const DicomFile file = segmentation_of(folder, image);
  // Frames of 15 bits: 01100 01100 00000, then 00000 00000 00001; from the lowest bit on.
  const std::vector<SegmentMask> masks = read_segmentation(file);
  ASSERT_EQ(masks.size(), 2u);
  const std::vector<uint8_t> expected[] = {{0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0},
                                           {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(std::vector<uint8_t>(masks[i].mask.begin<uint8_t>(), masks[i].mask.end<uint8_t>()),
              expected[i]);
    EXPECT_EQ(masks[i].instance, uid_from("instance"));
    EXPECT_EQ(masks[i].property.value, "4147007");
    EXPECT_TRUE(masks[i].by_program);
  }
  const std::string bytes = read_file(folder / "seg.dcm");
  EXPECT_EQ(bytes.substr(bytes.size() - 4), std::string("\xC6\x00\x00\x20", 4));
}

TEST(Segmentation, MasksAreThoseOfTheOutlines) {
  const TestFolder folder;
  SearchedImage image = image_with(20);
  image.findings[0].outline.push_back({{200, 300}, {220, 300}, {220, 320}, {200, 320}});
  const std::vector<SegmentMask> masks = read_segmentation(segmentation_of(folder, image));
  ASSERT_EQ(masks.size(), 20u);
  EXPECT_EQ(cv::countNonZero(masks[0].mask(cv::Rect(200, 300, 20, 20))), 400);
  for (size_t i = 0; i < masks.size(); ++i) {
    double area = 0;
    for (const Polygon& polygon : outlines(image.findings[i]))
      area += std::abs(signed_area(polygon));
    EXPECT_NEAR(cv::countNonZero(masks[i].mask), area, 0.06 * area);
  }
}

}  // namespace
}  // namespace mammograft
