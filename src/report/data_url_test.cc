#include "report/data_url.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "core/files.h"
#include "core/testing.h"
#include "image/image_io.h"

namespace mammograft {
namespace {

std::string decode_base64(const std::string& text) {
  const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  unsigned bits = 0, held = 0;
  for (char c : text) {
    if (c == '=') break;
    bits = bits << 6 | static_cast<unsigned>(digits.find(c));
    held += 6;
    if (held >= 8) bytes += static_cast<char>(bits >> (held -= 8) & 255);
  }
  return bytes;
}

TEST(Base64, FollowsRfc4648) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64(std::string("\xff\xfe\x00", 3)), "//4A");
}

TEST(DataUrl, HoldsTheFile) {
  cv::Mat picture(5, 7, CV_16UC1, cv::Scalar(40000));
  const std::string png = encode_png(picture);
  const std::string url = data_url(png), start = "data:image/png;base64,";
  ASSERT_EQ(url.substr(0, start.size()), start);
  const std::string bytes = decode_base64(url.substr(start.size()));
  EXPECT_EQ(bytes, png);
  const TestFolder folder;
  write_file(folder / "embedded.png", bytes);
  const cv::Mat back = read_image(folder / "embedded.png").pixels;
  ASSERT_EQ(back.size(), picture.size());
  EXPECT_EQ(cv::norm(back, picture, cv::NORM_INF), 0);
}

TEST(DataUrl, KnowsPngAndJpeg) {
  EXPECT_EQ(data_url("\xff\xd8\xff").rfind("data:image/jpeg;base64,", 0), 0u);
  EXPECT_ERROR(data_url("GIF89a"), defect, "neither PNG nor JPEG");
}

}  // namespace
}  // namespace mammograft
