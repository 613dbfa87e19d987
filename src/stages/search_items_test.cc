#include "stages/search_items.h"

#include <gtest/gtest.h>

#include "core/files.h"
#include "core/testing.h"
#include "dicom/testing.h"
#include "image/image_io.h"
#include "image/value_bits.h"

namespace mammograft {
namespace {

// One film as 8 bits and as 10 to 16 of 16: a network is shown the same, up to quantisation.
TEST(SearchItems, LooseFilesAreSeenAtFullScaleWhateverTheBitsInUse) {
  const TestFolder folder;
  cv::Mat film(16, 16, CV_8UC1);
  for (int i = 0; i < 256; ++i) film.at<uint8_t>(i / 16, i % 16) = static_cast<uint8_t>(i);
  write_png(folder / "08.png", film);
  cv::Mat whole;
  film.convertTo(whole, CV_16U, 257);
  for (const int bits : {10, 12, 14, 16})
    write_png(folder / (std::to_string(bits) + ".png"), from_full_scale(whole, bits));
  const std::vector<SearchItem> items = loose_files({folder.path().string()}, {}).items;
  ASSERT_EQ(items.size(), 5u);
  EXPECT_EQ(cv::norm(items[0].read(), whole, cv::NORM_INF), 0);
  EXPECT_EQ(cv::norm(items[4].read(), whole, cv::NORM_INF), 0);
  for (const size_t i : {1, 2, 3}) {
    const double step = 65535.0 / ((1 << (8 + 2 * i)) - 1);
    EXPECT_LE(cv::norm(items[i].read(), whole, cv::NORM_INF), step / 2 + 0.5) << items[i].name;
  }
}

// A study beside pictures: each in its place, reports passed over.
TEST(SearchItems, DicomFilesAreSeenAsAReaderSeesThem) {
  const TestFolder folder;
  create_folder(folder / "study");
  cv::Mat film(16, 16, CV_16UC1, cv::Scalar(1000));
  NewDicom image = new_mammogram(film, 12);
  image.data().set(tags::kPixelSpacing, "0.07\\0.08");
  image.data().set(tags::kPhotometricInterpretation, "MONOCHROME1");
  image.write(folder / "study" / "IM1", transfer_syntax::kJpegLsLossless);
  NewDicom report = new_mammogram(film, 12);
  report.data().set(tags::kSopClassUid, "1.2.840.10008.5.1.4.1.1.88.11");
  report.write(folder / "study" / "SR", transfer_syntax::kExplicitLittleEndian);
  write_png(folder / "study" / "b.png", film);
  const LooseFiles found = loose_files({(folder / "study").string()}, {});
  ASSERT_EQ(found.items.size(), 2u);
  EXPECT_EQ(found.items[0].image_id, 1);
  EXPECT_EQ((*found.items[0].spacing_mm)[1], 0.08);
  EXPECT_EQ(found.items[0].view, "CC");
  EXPECT_NEAR(found.items[0].read().at<uint16_t>(0, 0), 65535 * (1 - 1000 / 4095.0), 0.51);
  EXPECT_EQ(found.dicom.size(), 1u);
  EXPECT_EQ(found.dicom.at(1).file, folder / "study" / "IM1");
  EXPECT_EQ(found.left_out.size(), 1u);
  EXPECT_FALSE(found.items[1].spacing_mm);
  fs::remove(folder / "study" / "IM1");
  fs::remove(folder / "study" / "b.png");
  EXPECT_ERROR(loose_files({(folder / "study").string()}, {}), bad_input,
               "not one of 1 DICOM files is a mammogram");
}

TEST(SearchItems, CopiesAreLeftOut) {
  const TestFolder folder;
  create_folder(folder / "study");
  new_mammogram(cv::Mat(16, 16, CV_16UC1, cv::Scalar(1000)), 12)
      .write(folder / "study" / "a", transfer_syntax::kExplicitLittleEndian);
  fs::copy_file(folder / "study" / "a", folder / "study" / "b");
  const LooseFiles found = loose_files({(folder / "study").string()}, {});
  EXPECT_EQ(found.items.size(), 1u);
  EXPECT_NE(found.left_out.first().find("b: is a copy of"), std::string::npos);
}

// Before hours of searching, not after.
TEST(SearchItems, ImagesWithoutUidsAreRefusedWhereObjectsAreToReferToThem) {
  for (const char* uid : {"", "../../escaped", "1.2.a"}) {
    const TestFolder folder;
    create_folder(folder / "study");
    NewDicom image = new_mammogram(cv::Mat(16, 16, CV_16UC1, cv::Scalar(1000)), 12);
    image.data().set(tags::kStudyInstanceUid, uid);
    image.write(folder / "study" / "a", transfer_syntax::kExplicitLittleEndian);
    const std::vector<std::string> input = {(folder / "study").string()};
    EXPECT_EQ(loose_files(input, {}).items.size(), 1u) << uid;
    LooseOptions options;
    options.to_be_referred_to = true;
    EXPECT_ERROR(loose_files(input, options), bad_input, "Study Instance UID: found none");
    options.keep_going = true;
    EXPECT_ERROR(loose_files(input, options), bad_input, "not one of 1 DICOM files");
  }
}

}  // namespace
}  // namespace mammograft
