#include "image/exif.h"

#include <gtest/gtest.h>
#include <spng.h>

#include <fstream>

#include "core/testing.h"
#include "image/image_io.h"

namespace mammograft {
namespace {

// As Pillow 11 writes them: a maker's name before the orientation; the orientation alone.
const std::string kTurnedRight(
    "MM\0*\0\0\0\x08\0\x02\x01\x0f\0\x02\0\0\0\x08\0\0\0&\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    "Lumisys\0",
    46);
const std::string kUpsideDown("MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x03\0\0\0\0\0\0",
                              26);
// The second with the other byte order.
const std::string kUpsideDownLittle(
    "II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x03\0\0\0\0\0\0\0", 26);

TEST(Exif, Orientation) {
  EXPECT_EQ(exif_orientation(kTurnedRight), 6);
  EXPECT_EQ(exif_orientation(kUpsideDown), 3);
  EXPECT_EQ(exif_orientation(kUpsideDownLittle), 3);
}

TEST(Exif, WhatCannotBeUnderstoodIsAsStored) {
  EXPECT_EQ(exif_orientation(""), 1);
  EXPECT_EQ(exif_orientation("no EXIF at all"), 1);
  for (size_t size = 0; size < 20; ++size)
    EXPECT_EQ(exif_orientation(kUpsideDown.substr(0, size)), 1);
  std::string odd = kUpsideDown;
  odd[19] = 9;
  EXPECT_EQ(exif_orientation(odd), 1);
  odd = kUpsideDown;
  odd[4] = odd[5] = '\xFF';  // a directory far beyond the end
  EXPECT_EQ(exif_orientation(odd), 1);
}

std::string jpeg_with(const std::string& exif) {
  const std::string plain = encode_jpeg(cv::Mat(10, 20, CV_8UC1, cv::Scalar(9)));
  const std::string marker = std::string("Exif\0\0", 6) + exif;
  const size_t length = marker.size() + 2;
  return plain.substr(0, 2) + "\xFF\xE1" + static_cast<char>(length >> 8) +
         static_cast<char>(length & 0xFF) + marker + plain.substr(2);
}

std::string png_with(const std::string& exif) {
  spng_ctx* png = spng_ctx_new(SPNG_CTX_ENCODER);
  spng_set_option(png, SPNG_ENCODE_TO_BUFFER, 1);
  spng_ihdr header = {20, 10, 8, SPNG_COLOR_TYPE_GRAYSCALE, 0, 0, 0};
  spng_set_ihdr(png, &header);
  std::string copy = exif;
  spng_exif chunk = {copy.size(), copy.data()};
  EXPECT_EQ(spng_set_exif(png, &chunk), 0);
  const std::string rows(200, 'x');
  int code = spng_encode_image(png, rows.data(), rows.size(), SPNG_FMT_RAW, SPNG_ENCODE_FINALIZE);
  EXPECT_EQ(code, 0) << spng_strerror(code);
  size_t size = 0;
  void* buffer = spng_get_png_buffer(png, &size, &code);
  const std::string bytes(static_cast<const char*>(buffer), size);
  free(buffer);
  spng_ctx_free(png);
  return bytes;
}

TEST(Exif, IsReadWithTheHeaderAndNotApplied) {
  const TestFolder folder;
  const auto header = [&](const std::string& bytes) {
    std::ofstream(folder / "a", std::ios::binary) << bytes;
    EXPECT_EQ(read_image(folder / "a").pixels.size(), cv::Size(20, 10));
    const ImageHeader found = read_image_header(folder / "a");
    EXPECT_EQ(found.width, 20);
    EXPECT_EQ(found.height, 10);
    return found.orientation;
  };
  EXPECT_EQ(header(jpeg_with(kTurnedRight)), 6);
  EXPECT_EQ(header(png_with(kUpsideDown)), 3);
  EXPECT_EQ(header(png_with(kUpsideDownLittle)), 3);
  EXPECT_EQ(header(encode_jpeg(cv::Mat(10, 20, CV_8UC1, cv::Scalar(9)))), 1);
  EXPECT_EQ(header(encode_png(cv::Mat(10, 20, CV_8UC1, cv::Scalar(9)))), 1);
  // Long metadata before the size: more than is read at first.
  EXPECT_EQ(header(jpeg_with(kTurnedRight + std::string(65000, 'x'))), 6);
}

}  // namespace
}  // namespace mammograft
