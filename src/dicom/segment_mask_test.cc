#include "dicom/segment_mask.h"

#include <gtest/gtest.h>

#include "dicom/finding_testing.h"

namespace mammograft {
namespace {

// A segmentation of another program's kind: fractional, functional groups shared, the image named
// once only. 2 x 3 pixels.
NewDicom fractional(const std::vector<uint8_t>& values, int frames = 1) {
  NewDicom made;
  DataSetWriter data = made.data();
  data.set(tags::kSopClassUid, "1.2.840.10008.5.1.4.1.1.66.4");
  data.set(tags::kSopInstanceUid, uid_from("segmentation"));
  data.set(tags::kRows, 2);
  data.set(tags::kColumns, 3);
  data.set(tags::kNumberOfFrames, frames);
  data.set(tags::kBitsAllocated, 8);
  data.set(tags::kSegmentationType, "FRACTIONAL");
  data.set(tags::kMaximumFractionalValue, 200);
  data.add_item(tags::kSegmentSequence).set(tags::kSegmentNumber, 1);
  data.add_item(tags::kSharedFunctionalGroupsSequence)
      .add_item(tags::kSegmentIdentificationSequence)
      .set(tags::kReferencedSegmentNumber, 1);
  data.add_item(tags::kReferencedSeriesSequence)
      .add_item(tags::kReferencedInstanceSequence)
      .set(tags::kReferencedSopInstanceUid, "1.2.3");
  data.set_bytes(tags::kPixelData, values);
  return made;
}

std::vector<SegmentMask> masks_of(NewDicom made) {
  return read_segmentation(Reopened(std::move(made)).file);
}

std::vector<SegmentMask> masks_with(const std::function<void(DataSetWriter)>& change) {
  NewDicom made = fractional({0, 99, 100, 101, 200, 1});
  change(made.data());
  return masks_of(std::move(made));
}

TEST(SegmentMask, AFractionalOneIsCutAtHalfOfItsMaximum) {
  const std::vector<SegmentMask> masks = masks_of(fractional({0, 99, 100, 101, 200, 1}));
  ASSERT_EQ(masks.size(), 1u);
  EXPECT_EQ(std::vector<uint8_t>(masks[0].mask.begin<uint8_t>(), masks[0].mask.end<uint8_t>()),
            (std::vector<uint8_t>{0, 0, 1, 1, 1, 0}));
  EXPECT_EQ(masks[0].instance, "1.2.3");
  EXPECT_EQ(masks[0].property.value, "");
  EXPECT_FALSE(masks[0].by_program);
}

// As highdicom writes them (tests/golden/dicom/make_objects.py).
TEST(SegmentMask, ReadsSegmentationsOfAnotherProgram) {
  const fs::path golden = fs::path(MAMMOGRAFT_SOURCE_DIR) / "tests/golden/dicom/segments.dcm";
  const std::vector<SegmentMask> masks = read_segmentation(DicomFile(golden));
  ASSERT_EQ(masks.size(), 2u);
  cv::Mat first(12, 10, CV_8UC1, cv::Scalar(0)), second = first.clone();
  first(cv::Rect(3, 2, 6, 3)) = 1;
  second.at<uint8_t>(11, 9) = 1;
  EXPECT_EQ(cv::norm(masks[0].mask, first, cv::NORM_L1), 0);
  EXPECT_EQ(cv::norm(masks[1].mask, second, cv::NORM_L1), 0);
  EXPECT_EQ(masks[0].property.value, "4147007");
  EXPECT_EQ(masks[1].property.value, "76752008");
  for (const SegmentMask& mask : masks) {
    EXPECT_EQ(mask.instance, "2.25.1");
    EXPECT_FALSE(mask.by_program);
  }
}

TEST(SegmentMask, WhatIsNotAsItSaysIsRefused) {
  EXPECT_ERROR(masks_of(fractional({1, 2, 3, 4, 5, 6}, 2)), bad_input,
               "Pixel Data: found 6 bytes, expected 12 for 2 frames");
  EXPECT_ERROR(masks_of(fractional({1, 2, 3, 4, 5, 6}, 0)), bad_input, "Number of Frames: found 0");
  EXPECT_ERROR(masks_with([](DataSetWriter d) { d.set(tags::kSopClassUid, "1.2"); }), bad_input,
               "is no segmentation");
  EXPECT_ERROR(masks_with([](DataSetWriter d) { d.set(tags::kSegmentationType, "LABELMAP"); }),
               bad_input, "expected BINARY or FRACTIONAL");
  EXPECT_ERROR(masks_with([](DataSetWriter d) { d.set(tags::kSegmentationType, "BINARY"); }),
               bad_input, "Bits Allocated: found 8, expected 1 as it is BINARY");
  EXPECT_ERROR(masks_with([](DataSetWriter d) { d.set(tags::kMaximumFractionalValue, 0); }),
               bad_input, "Maximum Fractional Value: found 0");
}

TEST(SegmentMask, AFrameNeedsASegmentAndAnImage) {
  EXPECT_ERROR(masks_with([](DataSetWriter d) { d.set_empty(tags::kSegmentSequence); }), bad_input,
               "frame 1: is of no segment");
  const auto two_images = [](DataSetWriter d) {
    d.add_item(tags::kReferencedSeriesSequence)
        .add_item(tags::kReferencedInstanceSequence)
        .set(tags::kReferencedSopInstanceUid, "1.2.4");
  };
  EXPECT_ERROR(masks_with(two_images), bad_input, "frame 1: does not say of which image");
}

}  // namespace
}  // namespace mammograft
