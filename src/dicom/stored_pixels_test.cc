#include "dicom/stored_pixels.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "core/files.h"
#include "dicom/testing.h"

namespace mammograft {
namespace {

using namespace transfer_syntax;

bool same(const cv::Mat& a, const cv::Mat& b) {
  return a.size() == b.size() && a.type() == b.type() && cv::norm(a, b, cv::NORM_INF) == 0;
}

StoredPixels again(const cv::Mat& values, int bits, const std::string& syntax) {
  const Reopened reopened(new_mammogram(values, bits), syntax);
  EXPECT_EQ(reopened.file.transfer_syntax(), syntax);
  return decode_pixels(reopened.file);
}

struct Case {
  const char* syntax;
  int bits;
  bool is_signed;
};

std::vector<Case> lossless_cases() {
  std::vector<Case> cases;
  for (const char* syntax :
       {kImplicitLittleEndian, kExplicitLittleEndian, kExplicitBigEndian, kDeflated, kRle,
        kJpegLossless, kJpegLosslessFirstOrder, kJpegLsLossless, kJpeg2000Lossless}) {
    for (const int bits : {8, 10, 12, 14, 16}) cases.push_back({syntax, bits, false});
    cases.push_back({syntax, 12, true});
    cases.push_back({syntax, 16, true});
  }
  return cases;
}

// Odd sides: values of eight bits are an odd number of bytes.
TEST(StoredPixels, ComeBackBitForBitFromEveryLosslessSyntax) {
  for (const Case& c : lossless_cases()) {
    SCOPED_TRACE(fmt::format("{} {} bits{}", c.syntax, c.bits, c.is_signed ? ", signed" : ""));
    const cv::Mat values = noise_image(51, 67, c.bits, c.is_signed);
    const StoredPixels pixels = again(values, c.bits, c.syntax);
    EXPECT_EQ(pixels.bits, c.bits);
    EXPECT_EQ(pixels.is_signed, c.is_signed);
    EXPECT_TRUE(same(pixels.values, values));
    EXPECT_TRUE(pixels.warnings.empty()) << pixels.warnings.front();
  }
}

TEST(StoredPixels, OfLossySyntaxesAreClose) {
  for (const auto& [syntax, bits] : {std::pair(kJpegBaseline, 8), std::pair(kJpegExtended, 12)}) {
    cv::Mat smooth;
    cv::blur(noise_image(64, 64, bits), smooth, {9, 9});
    const Reopened reopened(new_mammogram(smooth, bits), syntax);
    const StoredPixels pixels = decode_pixels(reopened.file);
    EXPECT_LT(cv::norm(pixels.values, smooth, cv::NORM_INF), 0.03 * (1 << bits)) << syntax;
  }
}

TEST(StoredPixels, BitsStoredThatAreTooFewAreNotBelieved) {
  NewDicom made = new_mammogram(noise_image(20, 20, 12), 12);
  made.data().set(tags::kBitsStored, 10);
  made.data().set(tags::kHighBit, 9);
  const StoredPixels pixels = decode_pixels(Reopened(std::move(made)).file);
  EXPECT_EQ(pixels.bits, 12);
  EXPECT_TRUE(same(pixels.values, noise_image(20, 20, 12)));
  ASSERT_EQ(pixels.warnings.size(), 1u);
  EXPECT_NE(pixels.warnings[0].find("Bits Stored is 10, but values go up to 4095"),
            std::string::npos);
}

TEST(StoredPixels, AnOverlayInTheUnusedBitsIsMaskedOut) {
  cv::Mat values = noise_image(20, 20, 12);
  const cv::Mat plain = values.clone();
  values.at<uint16_t>(3, 3) |= 0x8000;
  NewDicom made = new_mammogram(values, 16);
  made.data().set(tags::kBitsStored, 12);
  made.data().set(tags::kHighBit, 11);
  made.data().set(tags::kOverlayBitPosition, 15);
  EXPECT_TRUE(same(decode_pixels(Reopened(std::move(made)).file).values, plain));
}

// Today's overlays have bits of their own.
TEST(StoredPixels, AnOverlayThatIsApartHidesNoBits) {
  NewDicom made = new_mammogram(noise_image(20, 20, 12), 12);
  made.data().set(tags::kBitsStored, 10);
  made.data().set(tags::kHighBit, 9);
  made.data().set(tags::kOverlayBitsAllocated, 1);
  made.data().set(tags::kOverlayBitPosition, 0);
  EXPECT_TRUE(same(decode_pixels(Reopened(std::move(made)).file).values, noise_image(20, 20, 12)));
}

TEST(StoredPixels, AHighBitIsBelievedOnlyWhereTheBitsBelowAreEmpty) {
  const cv::Mat plain = noise_image(20, 20, 12);
  const auto read = [](const cv::Mat& values) {
    NewDicom made = new_mammogram(values, 16);
    made.data().set(tags::kBitsStored, 12);
    made.data().set(tags::kHighBit, 15);
    return decode_pixels(Reopened(std::move(made)).file);
  };
  EXPECT_TRUE(same(read(plain * 16).values, plain));
  const StoredPixels low = read(plain);
  EXPECT_TRUE(same(low.values, plain));
  EXPECT_EQ(low.bits, 12);
  ASSERT_EQ(low.warnings.size(), 1u);
  EXPECT_NE(low.warnings[0].find("High Bit is 15"), std::string::npos);
}

// 16 in the tag, 14 in the stream; signed in the tag, unsigned in the stream.
TEST(StoredPixels, TheStreamOfJpeg2000IsBelievedInItsBits) {
  const Reopened first(new_mammogram(noise_image(40, 40, 14), 14), kJpeg2000Lossless);
  DicomFile file(first.file.path());
  const StoredPixels right = decode_pixels(file);
  std::string bytes = read_file(first.file.path());
  // (0028,0101) US 2 bytes: 14 -> 16; (0028,0102): 13 -> 15.
  const auto patch = [&bytes](const std::string& head, char value) {
    const size_t at = bytes.find(head);
    ASSERT_NE(at, std::string::npos);
    bytes[at + head.size()] = value;
  };
  patch(std::string("\x28\0\x01\x01US\x02\0", 8), 16);
  patch(std::string("\x28\0\x02\x01US\x02\0", 8), 15);
  write_file(first.folder.path() / "patched.dcm", bytes);
  const StoredPixels pixels = decode_pixels(DicomFile(first.folder.path() / "patched.dcm"));
  EXPECT_EQ(pixels.bits, 14);
  EXPECT_TRUE(same(pixels.values, right.values));
  EXPECT_EQ(pixels.warnings.size(), 1u);
}

TEST(StoredPixels, WhatCannotBeDecodedIsOneLineThatSaysWhy) {
  const auto reads = [](const std::function<void(DataSetWriter)>& change) {
    NewDicom made = new_mammogram(noise_image(8, 8, 12), 12);
    change(made.data());
    decode_pixels(Reopened(std::move(made)).file);
  };
  EXPECT_ERROR(reads([](DataSetWriter d) { d.set(tags::kNumberOfFrames, 3); }), bad_input,
               "found 3 frames");
  EXPECT_ERROR(reads([](DataSetWriter d) { d.set(tags::kRows, 80); }), bad_input,
               "image.dcm: the pixels");
  EXPECT_ERROR(reads([](DataSetWriter d) { d.set(tags::kRows, 0); }), bad_input,
               "Rows: found 0, expected 1 to 65535");
  EXPECT_ERROR(reads([](DataSetWriter d) { d.set(tags::kBitsAllocated, 32); }), bad_input,
               "Bits Allocated: found 32");
}

// Each syntax with garbage behind its name.
TEST(StoredPixels, GarbageInEverySyntaxIsNamed) {
  for (const char* syntax : {kRle, kJpegBaseline, kJpegExtended, kJpegLossless,
                             kJpegLosslessFirstOrder, kJpegLsLossless, kJpeg2000Lossless}) {
    SCOPED_TRACE(syntax);
    const int bits = std::string(syntax) == kJpegBaseline ? 8 : 12;
    const Reopened reopened(new_mammogram(noise_image(64, 64, bits), bits), syntax);
    std::string bytes = read_file(reopened.file.path());
    for (size_t i = bytes.size() - 300; i < bytes.size() - 8; ++i) bytes[i] = 'x';
    const size_t stream = bytes.find(std::string("\xe0\x7f\x10\0OB", 6)) + 12 + 8;
    for (size_t i = stream + 8; i < std::min(stream + 60, bytes.size()); ++i) bytes[i] = 'y';
    write_file(reopened.folder.path() / "garbage.dcm", bytes);
    EXPECT_ERROR(decode_pixels(DicomFile(reopened.folder.path() / "garbage.dcm")), bad_input,
                 "garbage.dcm");
  }
}

TEST(StoredPixels, ASyntaxThatNobodyReadsIsNamedInWords) {
  const Reopened reopened(new_mammogram(noise_image(8, 8, 12), 12), kJpegLsNearLossless);
  std::string bytes = read_file(reopened.file.path());
  const std::string was = kJpegLsNearLossless;
  const size_t at = bytes.find(was);
  ASSERT_NE(at, std::string::npos);
  bytes.replace(at, was.size(), "1.2.840.10008.1.2.4.99");
  write_file(reopened.folder.path() / "other.dcm", bytes);
  EXPECT_ERROR(decode_pixels(DicomFile(reopened.folder.path() / "other.dcm")), bad_input,
               "an unknown transfer syntax (1.2.840.10008.1.2.4.99), which is not read");
  EXPECT_EQ(transfer_syntax_name("1.2.840.10008.1.2.4.201"), "HTJ2K lossless");
}

}  // namespace
}  // namespace mammograft
