#include "dicom/grey.h"

#include <gtest/gtest.h>

#include "dicom/testing.h"

namespace mammograft {
namespace {

constexpr int kBits = 12;

NewDicom plain() { return new_mammogram(noise_image(30, 40, kBits), kBits); }

GreyPicture picture_of(NewDicom made, const GreyOptions& options = {}) {
  const Reopened reopened(std::move(made));
  return grey_picture(reopened.file, decode_pixels(reopened.file), options);
}

// Each stored value by a slow function of it.
template <typename F>
void expect_each(const GreyPicture& picture, const cv::Mat& values, const F& expected) {
  ASSERT_EQ(picture.image.pixels.size(), values.size());
  for (int y = 0; y < values.rows; ++y) {
    for (int x = 0; x < values.cols; ++x) {
      const double v = values.at<uint16_t>(y, x);
      ASSERT_NEAR(picture.image.pixels.at<uint16_t>(y, x), 65535 * expected(v), 0.51) << v;
    }
  }
}

double full(double v) { return v / 4095; }
double linear(double v, double c, double w) {  // PS3.3 C.11.2.1.2.1, as it is written there
  if (v <= c - 0.5 - (w - 1) / 2) return 0;
  if (v > c - 0.5 + (w - 1) / 2) return 1;
  return (v - (c - 0.5)) / (w - 1) + 0.5;
}

TEST(Grey, WithoutAWindowAllValuesCount) {
  const GreyPicture picture = picture_of(plain());
  expect_each(picture, noise_image(30, 40, kBits), full);
  EXPECT_EQ(picture.image.original_bits, kBits);
  EXPECT_EQ(picture.voi, "none");
}

// White where the value is small: after the window, and once, whatever the presentation LUT
// repeats.
TEST(Grey, Monochrome1IsInvertedOnceAndAfterTheWindow) {
  const auto window = [](DataSetWriter d) {
    d.set(tags::kWindowCenter, "1500");
    d.set(tags::kWindowWidth, "2000");
  };
  for (const bool shape : {false, true}) {
    NewDicom made = plain();
    window(made.data());
    made.data().set(tags::kPhotometricInterpretation, "MONOCHROME1");
    if (shape) made.data().set(tags::kPresentationLutShape, "INVERSE");
    expect_each(picture_of(std::move(made)), noise_image(30, 40, kBits),
                [](double v) { return 1 - linear(v, 1500, 2000); });
  }
}

TEST(Grey, EveryFormOfWindowIsRead) {
  const cv::Mat values = noise_image(30, 40, kBits);
  const auto with = [](const std::string& function) {
    NewDicom made = plain();
    made.data().set(tags::kWindowCenter, "2000\\1000\\500");
    made.data().set(tags::kWindowWidth, "3000\\800\\100");
    if (!function.empty()) made.data().set(tags::kVoiLutFunction, function);
    return made;
  };
  expect_each(picture_of(with("")), values, [](double v) { return linear(v, 2000, 3000); });
  expect_each(picture_of(with("sigmoid ")), values,
              [](double v) { return 1 / (1 + std::exp(-4 * (v - 2000) / 3000)); });
  expect_each(picture_of(with("LINEAR_EXACT")), values,
              [](double v) { return std::clamp((v - 2000) / 3000 + 0.5, 0.0, 1.0); });
  const GreyPicture second = picture_of(with(""), {.voi = "window", .voi_number = 2});
  expect_each(second, values, [](double v) { return linear(v, 1000, 800); });
  EXPECT_EQ(second.voi, "window 2 of 3: LINEAR, centre 1000, width 800");
  const GreyPicture odd = picture_of(with("CUBIC"));
  EXPECT_EQ(odd.warnings.size(), 1u);
  EXPECT_ERROR(picture_of(with(""), {.voi = "window", .voi_number = 4}), usage,
               "voi_number: found 4, the file has 3 windows");
  EXPECT_ERROR(picture_of(with(""), {.voi = "lut"}), usage, "the file has 0 VOI lookup tables");
}

// A table, three windows and SIGMOID at once: the table, unless the option says otherwise.
TEST(Grey, ALookupTableComesFirst) {
  NewDicom made = plain();
  made.data().set(tags::kWindowCenter, "2000\\1000\\500");
  made.data().set(tags::kWindowWidth, "3000\\800\\100");
  made.data().set(tags::kVoiLutFunction, "SIGMOID");
  DataSetWriter table = made.data().add_item(tags::kVoiLutSequence);
  std::vector<uint16_t> entries;
  for (int i = 0; i < 2048; ++i) entries.push_back(static_cast<uint16_t>(i * i / 1024));
  table.set(tags::kLutDescriptor, "2048\\1000\\12");
  table.set_words(tags::kLutData, entries);
  const Reopened reopened(std::move(made));
  const StoredPixels pixels = decode_pixels(reopened.file);
  const GreyPicture picture = grey_picture(reopened.file, pixels);
  EXPECT_EQ(picture.voi, "lookup table 1 of 1");
  expect_each(picture, noise_image(30, 40, kBits), [&](double v) {
    return entries[static_cast<size_t>(std::clamp(v - 1000, 0.0, 2047.0))] / 4095.0;
  });
  EXPECT_EQ(grey_picture(reopened.file, pixels, {.voi = "none"}).voi, "none");
  EXPECT_EQ(grey_picture(reopened.file, pixels, {.voi = "window"}).voi,
            "window 1 of 3: SIGMOID, centre 2000, width 3000");
}

TEST(Grey, ATableThatIsCutShortIsRefused) {
  NewDicom made = plain();
  DataSetWriter table = made.data().add_item(tags::kVoiLutSequence);
  table.set(tags::kLutDescriptor, "2048\\0\\12");
  table.set_words(tags::kLutData, {1, 2, 3});
  EXPECT_ERROR(picture_of(std::move(made)), bad_input,
               "VOI LUT Sequence: LUT Data: found 3 entries of 12 bits, expected 2048");
}

TEST(Grey, TheModalityStepComesBeforeTheWindow) {
  NewDicom made = plain();
  made.data().set(tags::kRescaleSlope, "2");
  made.data().set(tags::kRescaleIntercept, "-1000");
  made.data().set(tags::kWindowCenter, "2000");
  made.data().set(tags::kWindowWidth, "4000");
  expect_each(picture_of(std::move(made)), noise_image(30, 40, kBits),
              [](double v) { return linear(2 * v - 1000, 2000, 4000); });
}

TEST(Grey, SignedValuesFillTheScale) {
  const cv::Mat values = noise_image(30, 40, kBits, /*is_signed=*/true);
  const GreyPicture picture = picture_of(new_mammogram(values, kBits));
  for (int x = 0; x < 40; ++x) {
    EXPECT_NEAR(picture.image.pixels.at<uint16_t>(0, x),
                65535 * (values.at<int16_t>(0, x) + 2048.0) / 4095, 0.51);
  }
}

TEST(Grey, PaddingIsBlackAlsoWhereSmallValuesAreWhite) {
  NewDicom made = plain();
  made.data().set(tags::kPhotometricInterpretation, "MONOCHROME1");
  made.data().set(tags::kPixelPaddingValue, "0");
  const GreyPicture picture = picture_of(std::move(made));
  EXPECT_EQ(picture.image.pixels.at<uint16_t>(0, 0), 0);      // stored as 0
  EXPECT_EQ(picture.image.pixels.at<uint16_t>(0, 1), 0);      // 4095, the darkest of all
  EXPECT_GT(picture.image.pixels.at<uint16_t>(0, 2), 40000);  // small, and no padding
}

// Fewer X-rays, denser tissue.
TEST(Grey, ARawImageIsDenseWhereLittleArrives) {
  NewDicom made = plain();
  made.data().set(tags::kPresentationIntentType, "FOR PROCESSING");
  const GreyPicture picture = picture_of(std::move(made));
  EXPECT_EQ(picture.voi, "logarithm of a raw image");
  expect_each(picture, noise_image(30, 40, kBits),
              [](double v) { return 1 - std::log(1 + v) / std::log(4096.0); });
}

TEST(Grey, TheSamePhantomAtEveryDepthLooksTheSame) {
  const cv::Mat deep = noise_image(30, 40, 16);
  const cv::Mat whole = picture_of(new_mammogram(deep, 16)).image.pixels;
  for (const int bits : {10, 12, 14}) {
    cv::Mat fewer = deep.clone();
    fewer.forEach<uint16_t>(
        [bits](uint16_t& v, const int*) { v = static_cast<uint16_t>(v >> (16 - bits)); });
    const GreyPicture picture = picture_of(new_mammogram(fewer, bits));
    EXPECT_EQ(picture.image.original_bits, bits);
    EXPECT_LE(cv::norm(picture.image.pixels, whole, cv::NORM_INF), 65535.0 / ((1 << bits) - 1));
  }
}

}  // namespace
}  // namespace mammograft
