#include "image/image_io.h"

#include <gtest/gtest.h>
#include <spng.h>

#include <filesystem>
#include <fstream>

#include "core/files.h"
#include "core/rng.h"
#include "core/testing.h"
#include "image/codecs.h"

namespace mammograft {
namespace {

cv::Mat random16(int height, int width, uint64_t seed = 1) {
  Rng rng(seed);
  cv::Mat image(height, width, CV_16UC1);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) image.at<uint16_t>(y, x) = uint16_t(rng.integer(65536));
  }
  return image;
}

bool same(const cv::Mat& a, const cv::Mat& b) {
  return a.size() == b.size() && a.type() == b.type() &&
         cv::norm(a.reshape(1), b.reshape(1), cv::NORM_INF) == 0;
}

// Any PNG that the standard allows: rows packed as the file stores them.
std::string raw_png(int width, int height, int depth, int color_type, const std::string& rows,
                    const spng_plte* palette = nullptr, const spng_trns* transparency = nullptr) {
  spng_ctx* png = spng_ctx_new(SPNG_CTX_ENCODER);
  spng_set_option(png, SPNG_ENCODE_TO_BUFFER, 1);
  spng_ihdr header = {};
  header.width = uint32_t(width);
  header.height = uint32_t(height);
  header.bit_depth = uint8_t(depth);
  header.color_type = uint8_t(color_type);
  spng_set_ihdr(png, &header);
  if (palette) {
    spng_plte copy = *palette;
    spng_set_plte(png, &copy);
  }
  if (transparency) {
    spng_trns copy = *transparency;
    spng_set_trns(png, &copy);
  }
  int code = spng_encode_image(png, rows.data(), rows.size(), SPNG_FMT_RAW, SPNG_ENCODE_FINALIZE);
  EXPECT_EQ(code, 0) << spng_strerror(code);
  size_t size = 0;
  void* buffer = spng_get_png_buffer(png, &size, &code);
  std::string bytes(static_cast<const char*>(buffer), size);
  free(buffer);
  spng_ctx_free(png);
  return bytes;
}

class ImageIo : public testing::Test {
 protected:
  std::filesystem::path file(const std::string& name, const std::string& bytes) {
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
    return folder_ / name;
  }
  DecodedImage decode(const std::string& bytes) { return read_image(file("image", bytes)); }
  std::vector<int> values(const std::string& bytes) {
    const cv::Mat pixels = decode(bytes).pixels;
    EXPECT_EQ(pixels.type(), CV_16UC1);
    return std::vector<int>(pixels.begin<uint16_t>(), pixels.end<uint16_t>());
  }
  TestFolder folder_;
};

using Values = std::vector<int>;

TEST_F(ImageIo, Png16BitRoundTripIsExact) {
  for (const int compression : {0, 1, 3, 9}) {
    const cv::Mat image = random16(37, 53);
    write_png(folder_ / "a.png", image, compression);
    const DecodedImage back = read_image(folder_ / "a.png");
    EXPECT_TRUE(same(back.pixels, image));
    EXPECT_EQ(back.original_bits, 16);
  }
  const cv::Mat part = random16(50, 60)(cv::Rect(7, 9, 20, 30));  // not contiguous
  write_png(folder_ / "b.png", part);
  EXPECT_TRUE(same(read_image(folder_ / "b.png").pixels, part));
}

TEST_F(ImageIo, EightBitIsMultipliedBy257) {
  const cv::Mat image = (cv::Mat_<uint8_t>(1, 3) << 0, 100, 255);
  EXPECT_EQ(values(encode_png(image)), (Values{0, 25700, 65535}));
  EXPECT_EQ(decode(encode_png(image)).original_bits, 8);
}

TEST_F(ImageIo, FewBitsAreScaledToFullRange) {
  EXPECT_EQ(values(raw_png(4, 1, 1, SPNG_COLOR_TYPE_GRAYSCALE, "\x50")),
            (Values{0, 65535, 0, 65535}));
  EXPECT_EQ(values(raw_png(4, 1, 2, SPNG_COLOR_TYPE_GRAYSCALE, "\x1b")),
            (Values{0, 21845, 43690, 65535}));
  EXPECT_EQ(values(raw_png(2, 1, 4, SPNG_COLOR_TYPE_GRAYSCALE, "\x1f")), (Values{4369, 65535}));
  EXPECT_EQ(decode(raw_png(4, 1, 2, SPNG_COLOR_TYPE_GRAYSCALE, "\x1b")).original_bits, 2);
}

TEST_F(ImageIo, GreyStoredAsColourIsAccepted) {
  const std::string grey("\x0a\x0a\x0a\xff\xff\xff", 6);
  EXPECT_EQ(values(raw_png(2, 1, 8, SPNG_COLOR_TYPE_TRUECOLOR, grey)), (Values{2570, 65535}));
  const std::string wide("\x01\x02\x01\x02\x01\x02", 6);
  EXPECT_EQ(values(raw_png(1, 1, 16, SPNG_COLOR_TYPE_TRUECOLOR, wide)), (Values{258}));
  EXPECT_EQ(values("P6 2 1 255\n" + grey), (Values{2570, 65535}));
  EXPECT_EQ(values("P3 1 1 10 4 4 4"), (Values{26214}));
}

TEST_F(ImageIo, RealColourIsRejectedWithItsPlace) {
  const std::string rows("\x0a\x0a\x0a\x0a\x0b\x0a", 6);
  EXPECT_ERROR(decode(raw_png(2, 1, 8, SPNG_COLOR_TYPE_TRUECOLOR, rows)), bad_input,
               "image: found colour (10, 11, 10) at column 1, row 0, expected a greyscale image");
  EXPECT_ERROR(decode("P6 2 1 255\n" + rows), bad_input, "found colour");
  cv::Mat blue(8, 8, CV_8UC3, cv::Scalar(0, 0, 255));
  EXPECT_ERROR(decode(encode_jpeg(blue)), bad_input, "found colour");
}

TEST_F(ImageIo, OpaqueAlphaIsDroppedOtherAlphaRejected) {
  const std::string opaque("\x07\xff\x09\xff", 4), thin("\x07\xff\x09\xfe", 4);
  EXPECT_EQ(values(raw_png(2, 1, 8, SPNG_COLOR_TYPE_GRAYSCALE_ALPHA, opaque)),
            (Values{7 * 257, 9 * 257}));
  EXPECT_ERROR(decode(raw_png(2, 1, 8, SPNG_COLOR_TYPE_GRAYSCALE_ALPHA, thin)), bad_input,
               "alpha: found 254 of 255 at column 1, row 0, expected an opaque image");
  EXPECT_EQ(values(raw_png(1, 1, 16, SPNG_COLOR_TYPE_GRAYSCALE_ALPHA, "\x12\x34\xff\xff")),
            (Values{0x1234}));
  EXPECT_ERROR(decode(raw_png(1, 1, 16, SPNG_COLOR_TYPE_GRAYSCALE_ALPHA, "\x12\x34\xff\xfe")),
               bad_input, "alpha");
  EXPECT_EQ(values(raw_png(1, 1, 8, SPNG_COLOR_TYPE_TRUECOLOR_ALPHA, "\x05\x05\x05\xff")),
            (Values{5 * 257}));
  EXPECT_ERROR(decode(raw_png(1, 1, 8, SPNG_COLOR_TYPE_TRUECOLOR_ALPHA, "\x05\x05\x06\xff")),
               bad_input, "found colour");
}

TEST_F(ImageIo, ATransparentGreyValueMattersOnlyWhereItOccurs) {
  spng_trns transparency = {};
  transparency.gray = 9;
  EXPECT_EQ(values(raw_png(2, 1, 8, SPNG_COLOR_TYPE_GRAYSCALE, "\x07\x08", nullptr, &transparency)),
            (Values{7 * 257, 8 * 257}));
  EXPECT_ERROR(
      decode(raw_png(2, 1, 8, SPNG_COLOR_TYPE_GRAYSCALE, "\x07\x09", nullptr, &transparency)),
      bad_input, "alpha");
}

TEST_F(ImageIo, GreyPaletteIsAcceptedColouredRejected) {
  spng_plte palette = {};
  palette.n_entries = 4;
  palette.entries[0] = {0, 0, 0, 255};
  palette.entries[1] = {200, 200, 200, 255};
  palette.entries[2] = {10, 10, 10, 255};
  palette.entries[3] = {255, 0, 0, 255};
  EXPECT_EQ(values(raw_png(3, 1, 2, SPNG_COLOR_TYPE_INDEXED, "\x18", &palette)),
            (Values{0, 200 * 257, 10 * 257}));
  EXPECT_EQ(decode(raw_png(3, 1, 2, SPNG_COLOR_TYPE_INDEXED, "\x18", &palette)).original_bits, 8);
  EXPECT_ERROR(decode(raw_png(3, 1, 2, SPNG_COLOR_TYPE_INDEXED, "\x1c", &palette)), bad_input,
               "found colour (255, 0, 0) at column 2");
}

TEST_F(ImageIo, GreyMapsInTextAndBytes) {
  EXPECT_EQ(values("P2\n# made by hand\n3 1\n# maximum\n4\n0 1 # middle\n4\n"),
            (Values{0, 16384, 65535}));
  EXPECT_EQ(values(std::string("P5 2 1 255\n\x00\x80", 13)), (Values{0, 0x80 * 257}));
  EXPECT_EQ(values(std::string("P5\n2 1\n65535\n\x12\x34\xff\xff", 17)), (Values{0x1234, 65535}));
  // A sample that looks like white space follows the one separator.
  EXPECT_EQ(values("P5 2 1 255\n\n "), (Values{10 * 257, 32 * 257}));
}

TEST_F(ImageIo, TwelveBitGreyMap) {
  const std::string bytes("P5 3 1 4095\n\x00\x00\x08\x00\x0f\xff", 18);
  EXPECT_EQ(values(bytes), (Values{0, 32776, 65535}));  // 2048 * 65535 / 4095 = 32775.5
  EXPECT_EQ(decode(bytes).original_bits, 12);
  EXPECT_ERROR(decode(std::string("P5 1 1 4095\n\x10\x00", 14)), bad_input,
               "found 4096, expected at most 4095");
}

TEST_F(ImageIo, JpegGreyAndNeutralColour) {
  cv::Mat ramp(32, 256, CV_8UC1);
  for (int y = 0; y < ramp.rows; ++y) {
    for (int x = 0; x < ramp.cols; ++x) ramp.at<uint8_t>(y, x) = uint8_t(x);
  }
  cv::Mat colour;
  cv::merge(std::vector<cv::Mat>{ramp, ramp, ramp}, colour);
  for (const std::string& bytes : {encode_jpeg(ramp, 95), encode_jpeg(colour, 95)}) {
    const DecodedImage image = decode(bytes);
    EXPECT_EQ(image.original_bits, 8);
    cv::Mat expected;
    ramp.convertTo(expected, CV_16U, 257);
    EXPECT_LE(cv::norm(image.pixels, expected, cv::NORM_INF), 3 * 257);
  }
}

TEST_F(ImageIo, RecognisedByContentNotBySuffix) {
  const cv::Mat image = random16(5, 6);
  EXPECT_TRUE(same(read_image(file("a.jpg", encode_png(image))).pixels, image));
  EXPECT_EQ(read_image(file("b.png", "P2 1 1 1 1")).pixels.at<uint16_t>(0, 0), 65535);
}

TEST_F(ImageIo, OnePixel) {
  EXPECT_EQ(values(encode_png(random16(1, 1, 4))), (Values{random16(1, 1, 4).at<uint16_t>(0, 0)}));
  EXPECT_EQ(values(encode_jpeg(cv::Mat(1, 1, CV_8UC1, cv::Scalar(0)))), (Values{0}));
}

TEST_F(ImageIo, MissingFileAndFolderAreIoErrors) {
  EXPECT_ERROR(read_image(folder_ / "none.png"), io, "none.png");
  EXPECT_ERROR(read_image(folder_.path()), io, folder_.path().string());
  EXPECT_ERROR(read_image_header(folder_ / "none.png"), io, "none.png");
  EXPECT_ERROR(read_image_header(folder_.path()), io, folder_.path().string());
}

TEST_F(ImageIo, NotAnImage) {
  EXPECT_ERROR(decode(""), bad_input, "image: found an empty file, expected a PNG");
  EXPECT_ERROR(decode("hello"), bad_input, "begins with bytes 68 65 6c 6c, expected a PNG");
  EXPECT_ERROR(decode("P"), bad_input, "begins with bytes 50,");
  EXPECT_ERROR(decode(std::string(128, '\0') + "DICM...."), bad_input, "found a DICOM file");
  EXPECT_ERROR(decode("GIF89a..."), bad_input, "found a GIF image");
  EXPECT_ERROR(decode("P4 8 1 x"), bad_input, "found a PBM bitmap");
  EXPECT_ERROR(decode("\x89PNG"), bad_input, "begins with bytes 89");
}

TEST_F(ImageIo, NamesOtherFilesOfTheTrade) {
  // FF D8, a comment of two bytes, then the frame of the lossless process: 12 bits, 2 x 1, 1 part.
  const std::string begin("\xff\xd8\xff\xfe\x00\x04hi", 8);
  const std::string frame("\xff\xc3\x00\x0b\x0c\x00\x01\x00\x02\x01\x01\x11\x00", 13);
  EXPECT_ERROR(decode(begin + frame), bad_input, "found a lossless JPEG (DDSM's LJPEG)");
  std::string baseline = frame;
  baseline[1] = '\xc0';
  EXPECT_EQ(error_message([&] { decode(begin + baseline); }).find("lossless"), std::string::npos);
  const std::string zip = "PK\x03\x04" + std::string(22, '\0') + std::string("\x08\0\0\0", 4);
  EXPECT_ERROR(decode(zip + "0001.roi"), bad_input, "found a zip archive of ImageJ's");
  EXPECT_ERROR(decode(zip + "0001.png"), bad_input, "found a zip archive, expected");
  EXPECT_ERROR(decode("Iout\x00\xe4"), bad_input, "found a region of interest of ImageJ");
  EXPECT_ERROR(decode("\x04\x0bstreamtyped"), bad_input, "of OsiriX or Horos");
  EXPECT_ERROR(decode("bplist00...."), bad_input, "found a property list, as OsiriX");
  EXPECT_ERROR(decode("ics_version 1.0\n"), bad_input, "found the .ics text of a DDSM case");
  EXPECT_ERROR(decode("TOTAL_ABNORMALITIES 1\n"), bad_input, "found an OVERLAY of DDSM");
  write_file(folder_ / "a.img", std::string("\x10\x0e\x11\x0e", 4));
  EXPECT_ERROR(read_image(folder_ / "a.img"), bad_input, "raw pixels without a header");
}

TEST_F(ImageIo, TruncatedAnywhereIsAnError) {
  cv::Mat grey;
  random16(24, 24).convertTo(grey, CV_8U, 1 / 257.0);
  const std::string png = encode_png(random16(24, 24)), jpeg = encode_jpeg(grey);
  std::string pgm = "P5 24 24 255\n" + std::string(24 * 24, 'x');
  std::string text = "P2 3 2 255\n1 2 3 4 5 6";
  for (const std::string& whole : {png, jpeg, pgm, text}) {
    ASSERT_NO_THROW(decode(whole));
    const size_t step = std::max<size_t>(1, whole.size() / 50);
    for (size_t size = 0; size < whole.size(); size += step) {
      EXPECT_ERROR(decode(whole.substr(0, size)), bad_input, "image: ");
    }
    // Without the last byte of its samples. The last twelve of a PNG are its end chunk, after
    // which nothing is lost; the last two of a JPEG its end marker.
    const size_t tail = whole == png ? 20 : whole == jpeg ? 40 : 1;
    EXPECT_ERROR(decode(whole.substr(0, whole.size() - tail)), bad_input, "expected");
  }
}

TEST_F(ImageIo, DamagedPngIsAnError) {
  std::string png = encode_png(random16(24, 24));
  png[png.size() / 2] ^= 0x55;
  EXPECT_ERROR(decode(png), bad_input, "found a damaged or truncated PNG");
}

TEST_F(ImageIo, RandomDamageNeverCrashes) {
  cv::Mat grey;
  random16(16, 16).convertTo(grey, CV_8U, 1 / 257.0);
  Rng rng(2);
  using Decoder = DecodedImage (*)(std::string_view, const std::string&);
  const std::pair<std::string, Decoder> files[] = {{encode_png(grey), decode_png},
                                                   {encode_jpeg(grey), decode_jpeg},
                                                   {"P2 3 2 255\n1 2 3 4 5 6", decode_pnm}};
  for (const auto& [whole, decoder] : files) {
    for (int round = 0; round < 300; ++round) {
      std::string bytes = whole;
      for (int i = 0; i < 3; ++i) {
        bytes[size_t(rng.integer(int64_t(bytes.size() - 2))) + 2] = char(rng.integer(256));
      }
      try {
        decoder(bytes, "damaged");
      } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::bad_input) << error.what();
      }
    }
  }
}

TEST_F(ImageIo, ZeroSizeAndNonsenseSizes) {
  std::string png = encode_png(random16(3, 3));
  std::fill_n(png.begin() + 16, 4, '\0');  // width; its checksum is wrong as well
  EXPECT_ERROR(decode(png), bad_input, "image: ");
  EXPECT_ERROR(decode("P5 0 4 255\n"), bad_input, "size: found 0 x 4, expected at least 1 x 1");
  EXPECT_ERROR(decode("P5 4 0 255\n"), bad_input, "size: found 4 x 0");
  EXPECT_ERROR(decode("P5 -4 4 255\n...."), bad_input, "width: found byte 45");
  EXPECT_ERROR(decode("P5 99999999999999999999 4 255\n."), bad_input, "width");
  EXPECT_ERROR(decode("P2 1 1 0 0"), bad_input, "maximum: found 0, expected 1 to 65535");
  EXPECT_ERROR(decode("P2 1 1 65536 0"), bad_input, "maximum: found 65536");
  EXPECT_ERROR(decode("P2 2 1 255 1 x"), bad_input, "sample: found byte 120");
}

// Refused before memory is taken for them: these tests would need gigabytes otherwise.
TEST_F(ImageIo, HugeClaimsAreRefused) {
  EXPECT_ERROR(decode("P5 2000000000 2000000000 255\nx"), bad_input,
               "size: found 2000000000 x 2000000000, expected at most 268435456 pixels");
  EXPECT_ERROR(decode("P5 16384 16384 255\nx"), bad_input, "found 1 bytes of samples");
  const std::string jpeg = encode_jpeg(cv::Mat(8, 8, CV_8UC1, cv::Scalar(5)));
  std::string large = jpeg;
  const size_t frame = large.find("\xff\xc0");
  ASSERT_NE(frame, std::string::npos);
  for (size_t i = 5; i < 9; ++i) large[frame + i] = '\xfa';  // 64250 x 64250
  EXPECT_ERROR(decode(large), bad_input, "expected at most 268435456 pixels");
}

TEST_F(ImageIo, SizesFromTheHeader) {
  const cv::Mat image = random16(300, 401);
  cv::Mat grey;
  image.convertTo(grey, CV_8U, 1 / 257.0);
  const std::string comment = "P5\n#" + std::string(100000, 'c') + "\n401 300 255\n";
  for (const std::string& bytes :
       {encode_png(image), encode_jpeg(grey), comment + std::string(401 * 300, 'x')}) {
    const ImageHeader size = read_image_header(file("a", bytes));
    EXPECT_EQ(size.width, 401);
    EXPECT_EQ(size.height, 300);
  }
  EXPECT_ERROR(read_image_header(file("b", "")), bad_input, "found an empty file");
  EXPECT_ERROR(read_image_header(file("c", std::string(100000, 'z'))), bad_input, "7a 7a 7a 7a");
  EXPECT_ERROR(read_image_header(file("d", encode_jpeg(grey).substr(0, 30))), bad_input, "JPEG");
}

TEST_F(ImageIo, ColourPngIsWrittenAsRgb) {
  cv::Mat rgb(1, 2, CV_8UC3, cv::Scalar(1, 2, 3));
  EXPECT_ERROR(decode(encode_png(rgb)), bad_input, "found colour (1, 2, 3)");
  EXPECT_ERROR(encode_png(cv::Mat()), defect, "expected CV_16UC1");
  EXPECT_ERROR(encode_jpeg(random16(2, 2)), defect, "expected CV_8UC1");
}

TEST_F(ImageIo, WritersLeaveNothingBehindOnFailure) {
  EXPECT_ERROR(write_png(folder_ / "no such folder" / "a.png", random16(2, 2)), io, "a.png");
  write_jpeg(folder_ / "a.jpg", cv::Mat(2, 2, CV_8UC1, cv::Scalar(7)));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_.path()), {}), 1);
}

TEST(LooksLikeImage, BySuffix) {
  EXPECT_TRUE(looks_like_image("a/b.PNG"));
  EXPECT_TRUE(looks_like_image("b.jpeg"));
  EXPECT_TRUE(looks_like_image("b.pgm"));
  EXPECT_FALSE(looks_like_image("b.txt"));
  EXPECT_FALSE(looks_like_image("png"));
}

}  // namespace
}  // namespace mammograft
