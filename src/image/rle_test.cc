#include "image/rle.h"

#include <gtest/gtest.h>

#include <limits>
#include <opencv2/imgproc.hpp>

#include "core/json.h"
#include "core/rng.h"

namespace mammograft {
namespace {

Json golden() { return read_json(MAMMOGRAFT_SOURCE_DIR "/tests/golden/image/rle_golden.json"); }

// By value: a loop over golden()["cases"] would outlive what it walks through.
std::vector<Json> golden_cases() {
  const Json json = golden();
  EXPECT_EQ(json["cases"].size(), 60u);
  return {json["cases"].begin(), json["cases"].end()};
}

std::vector<Polygon> polygons_of(const Json& lists) {
  std::vector<Polygon> polygons;
  for (const Json& list : lists) {
    Polygon polygon;
    for (size_t i = 0; i + 1 < list.size(); i += 2) polygon.push_back({list[i], list[i + 1]});
    polygons.push_back(polygon);
  }
  return polygons;
}

Rle rle_of(const Json& c) { return rle_from_string(c["counts"], c["height"], c["width"]); }

cv::Mat random_mask(Rng& rng, int height, int width, double share) {
  cv::Mat mask(height, width, CV_8UC1);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) mask.at<uint8_t>(y, x) = rng.chance(share) ? 255 : 0;
  }
  return mask;
}

// A smooth blob: blurred noise above a threshold, its holes filled by drawing contours(mask, 0).
cv::Mat random_blob(Rng& rng, int size) {
  cv::Mat noise(size, size, CV_32F);
  for (int y = 0; y < size; ++y) {
    for (int x = 0; x < size; ++x) noise.at<float>(y, x) = float(rng.normal());
  }
  cv::GaussianBlur(noise, noise, {0, 0}, size / 10.0);
  return noise > 0;
}

ErrorKind kind_of(const std::function<void()>& action, std::string* message = nullptr) {
  try {
    action();
  } catch (const Error& error) {
    if (message) *message = error.what();
    return error.kind();
  }
  ADD_FAILURE() << "no error";
  return ErrorKind::defect;
}

TEST(Rle, PolygonsEqualPycocotools) {
  for (const Json& c : golden_cases()) {
    const Rle rle = rasterize(polygons_of(c["polygons"]), c["height"], c["width"]);
    EXPECT_EQ(rle_to_string(rle), c["counts"].get<std::string>()) << c["name"];
  }
}

TEST(Rle, SinglePolygonEqualsPycocotools) {
  for (const Json& c : golden_cases()) {
    if (c["polygons"].size() != 1) continue;
    const Rle rle = rasterize(polygons_of(c["polygons"])[0], c["height"], c["width"]);
    EXPECT_EQ(rle, rle_of(c)) << c["name"];
  }
}

TEST(Rle, StringsAreasAndBoxesEqualPycocotools) {
  for (const Json& c : golden_cases()) {
    const Rle rle = rle_of(c);
    EXPECT_EQ(rle_to_string(rle), c["counts"].get<std::string>()) << c["name"];
    EXPECT_EQ(area(rle), c["area"].get<int64_t>()) << c["name"];
    const Box box = bounds(rle);
    EXPECT_EQ(Json({box.x0, box.y0, box.width(), box.height()}), c["bbox"]) << c["name"];
    EXPECT_EQ(encode_rle(decode_rle(rle)), rle) << c["name"];
  }
}

TEST(Rle, IouEqualsPycocotools) {
  const Json json = golden();
  ASSERT_GT(json["pairs"].size(), 30u);
  for (const Json& pair : json["pairs"]) {
    const Rle a = rle_of(json["cases"][pair[0].get<size_t>()]);
    const Rle b = rle_of(json["cases"][pair[1].get<size_t>()]);
    EXPECT_NEAR(iou(a, b), pair[2].get<double>(), 1e-12);
  }
}

TEST(Rle, AgreesWithPixelLoops) {
  Rng rng(3);
  for (int round = 0; round < 60; ++round) {
    const int height = 1 + int(rng.integer(20)), width = 1 + int(rng.integer(20));
    const cv::Mat a = random_mask(rng, height, width, rng.uniform());
    const cv::Mat b = random_mask(rng, height, width, rng.uniform());
    int64_t in_a = 0, both = 0, either = 0;
    Box box{1e9, 1e9, -1, -1};
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        const bool pa = a.at<uint8_t>(y, x), pb = b.at<uint8_t>(y, x);
        in_a += pa;
        both += pa && pb;
        either += pa || pb;
        if (pa) {
          box = {std::min(box.x0, double(x)), std::min(box.y0, double(y)),
                 std::max(box.x1, x + 1.0), std::max(box.y1, y + 1.0)};
        }
      }
    }
    const Rle ra = encode_rle(a), rb = encode_rle(b);
    EXPECT_EQ(area(ra), in_a);
    EXPECT_EQ(bounds(ra), in_a ? box : Box{});
    EXPECT_DOUBLE_EQ(iou(ra, rb), either ? double(both) / double(either) : 0.0);
    EXPECT_EQ(cv::countNonZero((decode_rle(ra) != 0) != (a != 0)), 0);
    EXPECT_EQ(rle_from_string(rle_to_string(ra), height, width), ra);
  }
}

TEST(Rle, EmptyAndFullMasks) {
  const Rle empty = encode_rle(cv::Mat::zeros(3, 4, CV_8UC1));
  EXPECT_EQ(empty.counts, std::vector<uint32_t>{12});
  EXPECT_TRUE(bounds(empty).empty());
  EXPECT_EQ(iou(empty, empty), 0);
  const Rle full = encode_rle(cv::Mat::ones(3, 4, CV_8UC1));
  EXPECT_EQ(full.counts, (std::vector<uint32_t>{0, 12}));
  EXPECT_EQ(bounds(full), (Box{0, 0, 4, 3}));
  EXPECT_EQ(rasterize(Polygon{}, 3, 4), empty);
  EXPECT_EQ(rasterize(std::vector<Polygon>{}, 3, 4), empty);
}

TEST(Rle, DifferentSizesAreADefect) {
  const Rle a = encode_rle(cv::Mat::zeros(3, 4, CV_8UC1));
  const Rle b = encode_rle(cv::Mat::zeros(4, 3, CV_8UC1));
  EXPECT_EQ(kind_of([&] { iou(a, b); }), ErrorKind::defect);
}

TEST(Rle, RejectsMalformedStrings) {
  const std::string good = rle_to_string(encode_rle(cv::Mat::eye(40, 40, CV_8UC1)));
  for (const std::string& bad :
       {good.substr(0, good.size() - 1), good + "1", std::string("!"), std::string("\xff\xff"),
        std::string("oooooooooooo"), std::string(""), std::string("A"), std::string("0"),
        good.substr(0, 3) + " " + good.substr(3)}) {
    std::string message;
    EXPECT_EQ(kind_of([&] { rle_from_string(bad, 40, 40); }, &message), ErrorKind::bad_input)
        << bad;
    EXPECT_EQ(message.find('\n'), std::string::npos);
    EXPECT_NE(message.find("expected"), std::string::npos);
  }
  EXPECT_EQ(kind_of([&] { rle_from_string(good, -40, -40); }), ErrorKind::bad_input);
  // A mask of no pixels has the empty string.
  EXPECT_EQ(area(rle_from_string("", 0, 0)), 0);
}

TEST(Rle, NeverCrashesOnRandomStrings) {
  Rng rng(11);
  for (int round = 0; round < 5000; ++round) {
    std::string text;
    for (int64_t i = rng.integer(12); i >= 0; --i) text += char(48 + rng.integer(64));
    try {
      const Rle rle = rle_from_string(text, 30, 20);
      EXPECT_LE(area(rle), 600);
      decode_rle(rle);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::bad_input);
    }
  }
}

TEST(Rasterize, RejectsCoordinatesThatAreNotFinite) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(kind_of([&] { rasterize(Polygon{{1, 1}, {nan, 3}, {4, 4}}, 10, 10); }),
            ErrorKind::bad_input);
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(kind_of([&] { rasterize(Polygon{{1, 1}, {infinity, 3}, {4, 4}}, 10, 10); }),
            ErrorKind::bad_input);
}

TEST(Rasterize, OutlinesFarOutsideAreCutWithoutChangeInside) {
  const Rle half =
      rasterize(Polygon{{-1e15, -1e15}, {10, -1e15}, {10, 1e15}, {-1e15, 1e15}}, 20, 30);
  EXPECT_EQ(area(half), 200);
  EXPECT_EQ(bounds(half), (Box{0, 0, 10, 20}));
  EXPECT_EQ(area(rasterize(Polygon{{1e9, 1e9}, {2e9, 1e9}, {2e9, 2e9}}, 20, 30)), 0);
}

// By pixel centres and crossings: the obvious rule, equal up to the outline's own pixels.
TEST(Rasterize, AgreesWithPointInPolygon) {
  Rng rng(5);
  for (int round = 0; round < 30; ++round) {
    Polygon polygon;
    for (int i = 0; i < 7; ++i) polygon.push_back({rng.uniform(-5, 45), rng.uniform(-5, 45)});
    const cv::Mat mask = decode_rle(rasterize(polygon, 40, 40));
    int differ = 0;
    for (int y = 0; y < 40; ++y) {
      for (int x = 0; x < 40; ++x) {
        bool inside = false;
        double nearest = 1e9;
        for (size_t i = 0; i < polygon.size(); ++i) {
          const Point a = polygon[i], b = polygon[(i + 1) % polygon.size()];
          const double px = x + .5, py = y + .5;
          if ((a.y > py) != (b.y > py) && px < a.x + (py - a.y) / (b.y - a.y) * (b.x - a.x)) {
            inside = !inside;
          }
          const double l2 = (b.x - a.x) * (b.x - a.x) + (b.y - a.y) * (b.y - a.y);
          const double t =
              std::clamp(((px - a.x) * (b.x - a.x) + (py - a.y) * (b.y - a.y)) / l2, 0.0, 1.0);
          nearest =
              std::min(nearest, std::hypot(px - a.x - t * (b.x - a.x), py - a.y - t * (b.y - a.y)));
        }
        if (inside != (mask.at<uint8_t>(y, x) != 0) && nearest > 0.3) ++differ;
      }
    }
    EXPECT_EQ(differ, 0) << "round " << round;
  }
}

TEST(Contours, RectanglesAreExact) {
  for (const cv::Rect r : {cv::Rect(3, 4, 10, 6), cv::Rect(0, 0, 30, 20), cv::Rect(29, 19, 1, 1),
                           cv::Rect(0, 5, 1, 9), cv::Rect(7, 0, 15, 1), cv::Rect(2, 2, 2, 2)}) {
    cv::Mat mask = cv::Mat::zeros(20, 30, CV_8UC1);
    mask(r) = 7;
    const auto found = contours(mask);
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].size(), 4u);
    EXPECT_DOUBLE_EQ(signed_area(found[0]), r.area());
    EXPECT_EQ(bounds(found[0]),
              (Box{double(r.x), double(r.y), double(r.x + r.width), double(r.y + r.height)}));
    EXPECT_EQ(rasterize(found, 20, 30), encode_rle(mask));
  }
}

TEST(Contours, WithoutToleranceGivesTheMaskBack) {
  Rng rng(17);
  for (int round = 0; round < 200; ++round) {
    cv::Mat mask =
        random_mask(rng, 1 + int(rng.integer(12)), 1 + int(rng.integer(12)), rng.uniform());
    // Holes are filled by contours(): what cannot be reached from outside through sides.
    cv::Mat outside;
    cv::copyMakeBorder(mask, outside, 1, 1, 1, 1, cv::BORDER_CONSTANT, 0);
    cv::floodFill(outside, {0, 0}, 128, nullptr, 0, 0, 4);
    const cv::Mat filled = (outside != 128)(cv::Rect(1, 1, mask.cols, mask.rows));
    EXPECT_EQ(rasterize(contours(mask, 0), mask.rows, mask.cols), encode_rle(filled)) << mask;
  }
}

TEST(Contours, BlobsSurviveSimplification) {
  Rng rng(23);
  for (int round = 0; round < 25; ++round) {
    const cv::Mat blob = random_blob(rng, 120);
    const Rle filled = rasterize(contours(blob, 0), 120, 120);
    const auto simple = contours(blob);
    size_t points = 0, all = 0;
    for (const Polygon& p : simple) points += p.size();
    for (const Polygon& p : contours(blob, 0)) all += p.size();
    EXPECT_GE(iou(rasterize(simple, 120, 120), filled), 0.98);
    EXPECT_LT(points, all);
  }
}

TEST(Contours, DiscsKeepAreaAndCentre) {
  for (const double r : {1.5, 2.5, 5.0, 9.0, 40.0}) {
    cv::Mat mask = cv::Mat::zeros(100, 100, CV_8UC1);
    for (int y = 0; y < 100; ++y) {
      for (int x = 0; x < 100; ++x) {
        if (std::hypot(x + .5 - 50, y + .5 - 50) <= r) mask.at<uint8_t>(y, x) = 1;
      }
    }
    const auto found = contours(mask);
    ASSERT_EQ(found.size(), 1u);
    EXPECT_GE(iou(rasterize(found, 100, 100), encode_rle(mask)), r < 3 ? 0.9 : 0.98) << r;
    EXPECT_NEAR(bounds(found[0]).center().x, 50, 0.51) << r;
  }
}

TEST(Contours, LargestFirstAndNoneForAnEmptyMask) {
  EXPECT_TRUE(contours(cv::Mat::zeros(5, 5, CV_8UC1)).empty());
  cv::Mat mask = cv::Mat::zeros(20, 20, CV_8UC1);
  mask(cv::Rect(1, 1, 2, 2)) = 1;
  mask(cv::Rect(8, 8, 9, 9)) = 1;
  const auto found = contours(mask);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(signed_area(found[0]), 81);
  EXPECT_EQ(signed_area(found[1]), 4);
}

}  // namespace
}  // namespace mammograft
