#include "image/breast.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <opencv2/imgproc.hpp>

#include "image/image_io.h"
#include "image/value_bits.h"

namespace mammograft {
namespace {

// An oblique view of known geometry: half an ellipse of tissue on the left, a muscle in the upper
// left corner, optionally what films have besides. Rows and columns as given, 16 bit.
struct Scene {
  cv::Mat pixels, breast, muscle;
};

Scene draw_scene(int rows, int cols, bool with_muscle, bool with_film_artefacts) {
  Scene scene;
  scene.breast = cv::Mat::zeros(rows, cols, CV_8U);
  cv::ellipse(scene.breast, {0, rows / 2}, {int(0.6 * cols), int(0.45 * rows)}, 0, 0, 360,
              cv::Scalar(255), cv::FILLED);
  scene.muscle = cv::Mat::zeros(rows, cols, CV_8U);
  if (with_muscle) {
    cv::rectangle(scene.breast, {0, 0}, {int(0.45 * cols), rows / 2}, cv::Scalar(255), cv::FILLED);
    const std::vector<cv::Point> wedge{{0, 0}, {int(0.3 * cols), 0}, {0, int(0.45 * rows)}};
    cv::fillPoly(scene.muscle, std::vector<std::vector<cv::Point>>{wedge}, cv::Scalar(255));
  }
  cv::Mat grey = cv::Mat::zeros(rows, cols, CV_32F);
  for (int i = 0; i < rows; ++i) {
    for (int j = 0; j < cols; ++j) {
      const double texture = 0.03 * std::sin(0.13 * i + 0.05 * j) * std::cos(0.11 * j);
      if (scene.breast.at<uchar>(i, j)) grey.at<float>(i, j) = float(0.45 + texture);
      if (scene.muscle.at<uchar>(i, j)) grey.at<float>(i, j) = float(0.75 + texture / 2);
    }
  }
  cv::GaussianBlur(grey, grey, {}, rows / 256.0);
  if (with_film_artefacts) {
    grey += 0.02;  // fog
    grey(cv::Rect(int(0.92 * cols), 0, cols - int(0.92 * cols), rows)).setTo(0.95);
    grey(cv::Rect(int(0.7 * cols), int(0.05 * rows), cols / 10, rows / 8)).setTo(1.0);
    grey(cv::Rect(0, rows - rows / 60, cols, rows / 60)).setTo(0.97);  // a white lower border
  }
  grey.convertTo(scene.pixels, CV_16U, 65535);
  return scene;
}

Scene mirrored(const Scene& scene) {
  Scene out;
  cv::flip(scene.pixels, out.pixels, 1);
  cv::flip(scene.breast, out.breast, 1);
  cv::flip(scene.muscle, out.muscle, 1);
  return out;
}

double overlap(const cv::Mat& a, const cv::Mat& b) {
  return double(cv::countNonZero(a & b)) / cv::countNonZero(a | b);
}

TEST(Breast, FindsBreastAndMuscleAmongFilmArtefactsInBothOrientations) {
  const Scene left = draw_scene(1024, 800, true, true);
  for (const bool flip : {false, true}) {
    const Scene scene = flip ? mirrored(left) : left;
    const BreastRegion region = segment_breast(scene.pixels, "MLO");
    EXPECT_EQ(region.chest_wall_left, !flip);
    EXPECT_GT(overlap(region.mask, scene.breast), 0.96);
    ASSERT_FALSE(region.pectoral.empty());
    EXPECT_GT(overlap(region.pectoral, scene.muscle), 0.9);
    const int label_x = flip ? int(0.25 * 800) : int(0.75 * 800);
    EXPECT_EQ(region.mask.at<uchar>(100, label_x), 0);
    EXPECT_EQ(region.mask.at<uchar>(500, flip ? 10 : 789), 0);  // the strip
    EXPECT_EQ(cv::countNonZero(region.pectoral & ~region.mask), 0);
  }
}

TEST(Breast, CleanBackgroundAtSeveralSizes) {
  for (const cv::Size size : {cv::Size(200, 301), cv::Size(800, 1024), cv::Size(1601, 2003)}) {
    const Scene scene = draw_scene(size.height, size.width, false, false);
    const BreastRegion region = segment_breast(scene.pixels, "CC");
    EXPECT_GT(overlap(region.mask, scene.breast), 0.95) << size;
    EXPECT_TRUE(region.pectoral.empty());
    const cv::Rect box = cv::boundingRect(region.mask);
    EXPECT_EQ(region.box, (Box{double(box.x), double(box.y), double(box.x + box.width),
                               double(box.y + box.height)}));
  }
}

TEST(Breast, NoMuscleWhereThereIsNone) {
  const Scene scene = draw_scene(1024, 800, false, true);
  for (const char* view : {"", "MLO", "CC"}) {
    EXPECT_TRUE(segment_breast(scene.pixels, view).pectoral.empty()) << view;
  }
}

TEST(Breast, MuscleOnlyWhenAskedFor) {
  const Scene scene = draw_scene(1024, 800, true, false);
  EXPECT_FALSE(segment_breast(scene.pixels).pectoral.empty());  // by its shape
  EXPECT_TRUE(segment_breast(scene.pixels, "CC").pectoral.empty());
  BreastOptions options;
  options.pectoral = false;
  EXPECT_TRUE(segment_breast(scene.pixels, "MLO", options).pectoral.empty());
}

TEST(Breast, WholeImageWhereThereIsNoBreast) {
  for (const cv::Size size :
       {cv::Size(1, 1), cv::Size(7, 5), cv::Size(3000, 3), cv::Size(64, 64), cv::Size(513, 257)}) {
    for (const int value : {0, 300, 65535}) {
      const cv::Mat pixels(size, CV_16U, cv::Scalar(value));
      const BreastRegion region = segment_breast(pixels, "MLO");
      EXPECT_EQ(cv::countNonZero(region.mask), size.area()) << size << " " << value;
      EXPECT_EQ(region.box, (Box{0, 0, double(size.width), double(size.height)}));
      EXPECT_TRUE(region.pectoral.empty());
    }
  }
}

// The film as a program stores it that knows of fewer bits than its file has.
TEST(Breast, IsTheSameWhateverTheBitsInUse) {
  const Scene scene = draw_scene(1024, 800, true, true);
  const BreastRegion whole = segment_breast(scene.pixels, "MLO");
  for (const int bits : {10, 12, 14, 16}) {
    const cv::Mat stored = from_full_scale(scene.pixels, bits);
    ASSERT_EQ(value_bits(DecodedImage{stored, 16}), bits);
    const BreastRegion region = segment_breast(to_full_scale(stored, bits), "MLO");
    EXPECT_EQ(region.chest_wall_left, whole.chest_wall_left);
    EXPECT_GT(overlap(region.mask, whole.mask), 0.998) << bits;
    EXPECT_GT(overlap(region.pectoral, whole.pectoral), 0.98) << bits;
    EXPECT_NEAR(region.box.x1, whole.box.x1, 2) << bits;
    EXPECT_NEAR(region.box.y0, whole.box.y0, 2) << bits;
  }
}

TEST(Breast, TightCropIsKeptWhole) {
  const Scene scene = draw_scene(1024, 800, false, false);
  const cv::Mat crop = scene.pixels(cv::Rect(0, 300, 350, 400)).clone();
  const BreastRegion region = segment_breast(crop, "CC");
  EXPECT_GT(cv::countNonZero(region.mask), 0.99 * double(crop.total()));
}

struct Film {
  const char* name;
  const char* view;
  bool chest_wall_left;
  double breast_low, breast_high;  // shares of the image, from the contours checked by eye
  double muscle_low, muscle_high;  // both 0: no muscle
  cv::Point artefact;              // in a label or strip; must not be breast
};

// GoogleTest names a test by its parameter's bytes otherwise: another name in every run.
void PrintTo(const Film& film, std::ostream* out) { *out << film.name; }

class RealFilms : public testing::TestWithParam<Film> {};

TEST_P(RealFilms, MatchWhatWasCheckedByEye) {
  const Film& film = GetParam();
  const std::filesystem::path path =
      std::filesystem::path(MAMMOGRAFT_SOURCE_DIR) / "../shared/data" / film.name;
  if (!std::filesystem::exists(path)) GTEST_SKIP() << film.name << ": not on this machine";
  const BreastRegion region = segment_breast(read_image(path).pixels, film.view);
  const double total = double(region.mask.total());
  const double breast = cv::countNonZero(region.mask) / total;
  const double muscle = region.pectoral.empty() ? 0 : cv::countNonZero(region.pectoral) / total;
  EXPECT_EQ(region.chest_wall_left, film.chest_wall_left);
  EXPECT_GE(breast, film.breast_low);
  EXPECT_LE(breast, film.breast_high);
  EXPECT_GE(muscle, film.muscle_low);
  EXPECT_LE(muscle, film.muscle_high);
  EXPECT_EQ(region.mask.at<uchar>(film.artefact), 0);
}

INSTANTIATE_TEST_SUITE_P(
    Shared, RealFilms,
    testing::Values(
        // labels beside and above the breast
        Film{"mini-mias/mdb001.png", "MLO", false, 0.28, 0.32, 0.035, 0.055, {600, 900}},
        Film{"mini-mias/mdb006.png", "MLO", true, 0.49, 0.55, 0.035, 0.06, {675, 40}},
        Film{"mini-mias/mdb012.png", "MLO", true, 0.36, 0.41, 0.022, 0.042, {780, 900}},
        // broad white strips along the film's edge
        Film{"mini-mias/mdb131.png", "MLO", false, 0.52, 0.57, 0.04, 0.075, {60, 500}},
        Film{"mini-mias/mdb132.png", "MLO", true, 0.53, 0.58, 0.028, 0.05, {950, 500}},
        // a cassette and its frame in the picture
        Film{"mini-mias/mdb274.png", "MLO", true, 0.48, 0.54, 0.05, 0.085, {900, 500}},
        Film{"mini-mias/mdb280.png", "MLO", true, 0.49, 0.54, 0.045, 0.075, {960, 500}},
        Film{"cbis-ddsm-800/test/01257_RIGHT_CC.jpg", "CC", true, 0.41, 0.46, 0, 0, {700, 60}},
        Film{"cbis-ddsm-800/test/01518_LEFT_MLO.jpg",
             "MLO",
             false,
             0.41,
             0.47,
             0.13,
             0.2,
             {150, 60}}));

}  // namespace
}  // namespace mammograft
