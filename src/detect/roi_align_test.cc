// RoIAlign and the pasting of masks against torchvision's answers and slow references.
#include "detect/roi_align.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "core/testing.h"
#include "detect/mask_paste.h"
#include "detect/roi_align_indexing.h"
#include "detect/testing.h"

namespace mammograft {
namespace {

TEST(RoiAlign, IsTorchvisions) {
  const Json& g = golden("roi_align");
  const torch::Tensor features = tensor_of(g["features"]), boxes = tensor_of(g["boxes"]);
  const torch::Tensor image = tensor_of(g["image"]).to(torch::kLong);
  for (const Json& c : g["cases"]) {
    const RoiAlignOptions options{g["output"], g["scale"], c["sampling"], c["aligned"]};
    const torch::Tensor expected = tensor_of(c["out"]);
    EXPECT_LT(largest_difference(roi_align(features, boxes, image, options), expected), 1e-5)
        << "sampling " << c["sampling"] << ", aligned " << c["aligned"];
    const torch::Tensor channels_last = features.contiguous(torch::MemoryFormat::ChannelsLast);
    EXPECT_LT(largest_difference(roi_align(channels_last, boxes, image, options), expected), 1e-5);
  }
}

// RoIAlign is linear in the features: backward must be its transpose, <A f, g> = <f, A' g>.
TEST(RoiAlign, BackwardIsTheTranspose) {
  const Json& g = golden("roi_align");
  const torch::Tensor boxes = tensor_of(g["boxes"]), image = tensor_of(g["image"]).to(torch::kLong);
  for (int sampling : {2, -1}) {
    for (bool aligned : {false, true}) {
      const RoiAlignOptions options{3, 0.125, sampling, aligned};
      torch::Tensor features = tensor_of(g["features"]).set_requires_grad(true);
      const torch::Tensor out = roi_align(features, boxes, image, options);
      const torch::Tensor weights = noise(out.sizes(), 5);
      (out * weights).sum().backward();
      EXPECT_EQ(features.grad().sizes(), features.sizes());
      for (uint64_t seed = 10; seed < 14; ++seed) {
        const torch::Tensor f = noise(features.sizes(), seed);
        const double forward = (roi_align(f, boxes, image, options) * weights).sum().item<double>();
        EXPECT_NEAR((f * features.grad()).sum().item<double>(), forward, 1e-3);
      }
    }
  }
}

TEST(RoiAlign, HalfPrecisionRoundsOnce) {
  torch::Tensor features = noise({1, 200, 6, 6}, 1).to(torch::kBFloat16).set_requires_grad(true);
  const torch::Tensor boxes = torch::tensor({{0.f, 0.f, 5.f, 5.f}});
  const RoiAlignOptions options{2, 1.0, 2, false};
  const torch::Tensor image = torch::zeros({1}, torch::kLong);
  const torch::Tensor out = roi_align(features, boxes, image, options);
  EXPECT_EQ(out.scalar_type(), torch::kBFloat16);
  const torch::Tensor exact = roi_align(features.detach().to(torch::kFloat), boxes, image, options);
  EXPECT_EQ(exact.scalar_type(), torch::kFloat);
  EXPECT_TRUE(torch::equal(out.detach(), exact.to(torch::kBFloat16)));
  out.sum().backward();
  EXPECT_EQ(features.grad().scalar_type(), torch::kBFloat16);
  EXPECT_NEAR(features.grad().to(torch::kFloat).sum().item<double>(), 4 * 200,
              5);  // weights of a bin sum to 1
}

// What serves devices without a kernel of ours, against the kernel.
TEST(RoiAlign, ByIndexingIsTheKernel) {
  const torch::Tensor boxes = torch::tensor({{0.f, 0.f, 12.f, 9.f},
                                             {3.3f, 2.1f, 5.2f, 30.f},
                                             {-6.f, -3.f, 2.f, 4.f},
                                             {10.f, 10.f, 10.1f, 10.1f},
                                             {2.f, 4.f, 40.f, 44.f}});
  const torch::Tensor image = torch::tensor({0, 1, 1, 0, 1}, torch::kLong);
  for (const int sampling : {2, 3, -1}) {
    for (const bool aligned : {false, true}) {
      const RoiAlignOptions options{3, 0.5, sampling, aligned};
      torch::Tensor a = noise({2, 5, 12, 14}, 1).set_requires_grad(true);
      torch::Tensor b = a.detach().clone().set_requires_grad(true);
      const torch::Tensor kernel = roi_align(a, boxes, image, options);
      const torch::Tensor indexed = roi_align_by_indexing(b, boxes, image, options);
      EXPECT_LT(largest_difference(kernel, indexed), 1e-5) << sampling << aligned;
      const torch::Tensor weights = noise(kernel.sizes(), 2);
      (kernel * weights).sum().backward();
      (indexed * weights).sum().backward();
      EXPECT_LT(largest_difference(a.grad(), b.grad()), 1e-4) << sampling << aligned;
    }
  }
  EXPECT_EQ(roi_align_by_indexing(noise({1, 5, 4, 4}, 1), torch::zeros({0, 4}),
                                  torch::zeros({0}, torch::kLong), {3, 0.5, -1, false})
                .sizes(),
            (std::vector<int64_t>{0, 5, 3, 3}));
}

torch::Tensor random_boxes(int64_t count, double side, double smallest, uint64_t seed) {
  const torch::Tensor u = (noise({count, 4}, seed) + 1) / 2;
  const torch::Tensor size = smallest + u.slice(1, 2, 4) * (side - smallest);
  const torch::Tensor corner = u.slice(1, 0, 2) * (side - size);
  return torch::cat({corner, corner + size}, 1);
}

TEST(PyramidRoiAlign, ByIndexingIsTheKernel) {
  const torch::Tensor boxes =
      torch::cat({random_boxes(60, 512, 2, 3), torch::zeros({1, 4})});  // and one without an area
  const torch::Tensor image = torch::remainder(torch::arange(61), 2);
  const std::vector<int> strides{8, 16, 32};
  std::vector<torch::Tensor> a, b;
  for (const int64_t stride : {8, 16, 32}) {
    a.push_back(noise({2, 5, 512 / stride, 512 / stride}, stride).set_requires_grad(true));
    b.push_back(a.back().detach().clone().set_requires_grad(true));
  }
  const torch::Tensor level = pyramid_level(boxes, 3, 3);
  for (int64_t i = 0; i < 3; ++i) ASSERT_GT((level == i).sum().item<int64_t>(), 2);
  const torch::Tensor kernel = pyramid_roi_align(a, strides, boxes, image, kBoxBins);
  const torch::Tensor indexed = pyramid_roi_align_by_indexing(b, strides, boxes, image, kBoxBins);
  EXPECT_LT(largest_difference(kernel, indexed), 1e-4);
  const torch::Tensor weights = noise(kernel.sizes(), 2);
  (kernel * weights).sum().backward();
  (indexed * weights).sum().backward();
  for (size_t i = 0; i < 3; ++i) EXPECT_LT(largest_difference(a[i].grad(), b[i].grad()), 1e-3);
}

TEST(CropMasks, ByProductsIsTheKernel) {
  const torch::Tensor masks =
      ellipses(torch::tensor({{5.f, 9.f, 60.f, 40.f}, {20.f, 30.f, 75.f, 88.f}}), 90, 80);
  const torch::Tensor boxes = torch::cat(
      {random_boxes(30, 80, 3, 4), torch::tensor({{0.f, 0.f, 80.f, 90.f}, {0.f, 0.f, 0.f, 0.f}})});
  const torch::Tensor index = torch::remainder(torch::arange(32), 2);
  const torch::Tensor kernel = crop_masks(masks, boxes, index, kMaskSize);
  ASSERT_GT(kernel.max().item<double>(), 0.99);
  EXPECT_LT(largest_difference(kernel, crop_masks_by_products(masks, boxes, index, kMaskSize)),
            2e-4);
}

TEST(RoiAlign, RejectsWrongShapes) {
  EXPECT_ERROR(roi_align(torch::zeros({3, 4, 4}), torch::zeros({1, 4}), torch::zeros({1}), {}),
               defect, "features");
  EXPECT_ERROR(roi_align(torch::zeros({1, 3, 4, 4}), torch::zeros({1, 5}), torch::zeros({1}), {}),
               defect, "boxes: found [1, 5], expected [?, 4]");
  EXPECT_ERROR(roi_align(torch::zeros({1, 3, 4, 4}), torch::zeros({2, 4}), torch::zeros({1}), {}),
               defect, "image_index: found [1], expected [2]");
  const torch::Tensor index = torch::zeros({1}, torch::kLong);
  EXPECT_ERROR(pyramid_roi_align({torch::zeros({1, 3, 4, 4}), torch::zeros({1, 2, 2, 2})}, {8, 16},
                                 torch::zeros({1, 4}), index, kBoxBins),
               defect, "features of a level: found [1, 2, 2, 2], expected [1, 3, ?, ?]");
  EXPECT_ERROR(pyramid_roi_align({torch::zeros({1, 3, 4, 4})}, {8, 16}, torch::zeros({1, 4}), index,
                                 kBoxBins),
               defect, "found 1 levels and 2 strides");
  EXPECT_ERROR(crop_masks(torch::zeros({4, 4}), torch::zeros({1, 4}), index, kMaskSize), defect,
               "masks: found [4, 4], expected [?, ?, ?]");
}

TEST(PyramidLevel, IsTorchvisions) {
  const Json& g = golden("levels");
  for (const Json& c : g["cases"]) {
    EXPECT_EQ(list_of(pyramid_level(tensor_of(g["boxes"]), c["first"], c["levels"])),
              list_of(c["level"]));
  }
}

// Half the canonical size, the same boxes: one level further up.
TEST(PyramidLevel, FollowsItsRule) {
  const torch::Tensor boxes =
      torch::tensor({{0.f, 0.f, 56.f, 56.f}, {10.f, 10.f, 122.f, 122.f}, {0.f, 0.f, 448.f, 112.f}});
  EXPECT_EQ(list_of(pyramid_level(boxes, 2, 4)), (std::vector<int64_t>{0, 1, 2}));
  EXPECT_EQ(list_of(pyramid_level(boxes, 2, 4, {.canonical_size = 112})),
            (std::vector<int64_t>{1, 2, 3}));
  EXPECT_EQ(list_of(pyramid_level(boxes, 2, 4, {.canonical_level = 3})),
            (std::vector<int64_t>{0, 0, 1}));
}

// The rule reaches RoIAlign: a box read from P3 by one rule is read from P4 by another.
TEST(PyramidRoiAlign, ReadsTheLevelThatItsRuleSays) {
  const std::vector<torch::Tensor> features = {noise({1, 4, 64, 64}, 1), noise({1, 4, 32, 32}, 2)};
  const torch::Tensor boxes = torch::tensor({{30.f, 40.f, 142.f, 152.f}});  // 112 px: P3
  const torch::Tensor image = torch::zeros({1}, torch::kLong);
  const auto read = [&](const LevelRule& rule) {
    return pyramid_roi_align(features, {8, 16}, boxes, image, kBoxBins, rule);
  };
  EXPECT_TRUE(torch::equal(read({}), roi_align(features[0], boxes, image, {.scale = 1.0 / 8})));
  const LevelRule coarser{.canonical_size = 112};
  EXPECT_TRUE(
      torch::equal(read(coarser), roi_align(features[1], boxes, image, {.scale = 1.0 / 16})));
  EXPECT_LT(
      largest_difference(read(coarser), pyramid_roi_align_by_indexing(features, {8, 16}, boxes,
                                                                      image, kBoxBins, coarser)),
      1e-5);
}

TEST(PyramidRoiAlign, IsTorchvisions) {
  const Json& g = golden("pyramid");
  std::vector<torch::Tensor> features;
  for (const Json& f : g["features"]) features.push_back(tensor_of(f, "tenths") / 10);
  const torch::Tensor image = torch::tensor(list_of(g["image"]));
  const torch::Tensor boxes = tensor_of(g["boxes"]), level = pyramid_level(boxes, 3, 2);
  ASSERT_TRUE((level == 0).any().item<bool>() && (level == 1).any().item<bool>())
      << "boxes of both levels";
  const torch::Tensor out =
      pyramid_roi_align(features, g["strides"].get<std::vector<int>>(), boxes, image, g["output"]);
  EXPECT_LT(largest_difference(out, tensor_of(g["out"])), 1e-5);
  EXPECT_EQ(pyramid_roi_align(features, {8, 16}, torch::zeros({0, 4}),
                              torch::zeros({0}, torch::kLong), kBoxBins)
                .sizes(),
            (std::vector<int64_t>{0, 2, kBoxBins, kBoxBins}));
}

cv::Mat probability() {
  const torch::Tensor p = tensor_of(golden("paste")["probability"]);
  return cv::Mat(28, 28, CV_32FC1, p.data_ptr<float>()).clone();
}

// torchvision rounds boxes to whole pixels: the outlines may differ by one pixel.
TEST(MaskPaste, AgreesWithTorchvisions) {
  const Json& g = golden("paste");
  const int height = g["height"], width = g["width"];
  for (const Json& c : g["cases"]) {
    const auto b = c["box"].get<std::array<double, 4>>();
    cv::Mat expected(height, width, CV_8UC1);
    for (int y = 0; y < height; ++y) {
      const std::string row = c["rows"][y];
      for (int x = 0; x < width; ++x) expected.at<uint8_t>(y, x) = row[x] == '#';
    }
    const Rle ours = paste_mask(probability(), {b[0], b[1], b[2], b[3]}, height, width);
    EXPECT_GT(iou(ours, encode_rle(expected)), 0.93) << c["box"];
  }
}

// Pixel by pixel with a written-out interpolation, compared exactly: runs and position.
TEST(MaskPaste, IsTheSlowReference) {
  const cv::Mat p = probability();
  const int height = 45, width = 60;
  const auto cell = [&](int y, int x) {
    return y < 0 || x < 0 || y > 27 || x > 27 ? 0.0 : static_cast<double>(p.at<float>(y, x));
  };
  for (const Box& box : {Box{10.3, 5.2, 40.9, 39.7}, Box{-9.5, -7.25, 20, 30},
                         Box{30, 20, 90.5, 80}, Box{-20, -20, 90, 80}}) {
    cv::Mat expected = cv::Mat::zeros(height, width, CV_8UC1);
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        if (x + 1 <= box.x0 || y + 1 <= box.y0 || x >= box.x1 || y >= box.y1) continue;
        const double v = (y + 0.5 - box.y0) / box.height() * 28 - 0.5,
                     u = (x + 0.5 - box.x0) / box.width() * 28 - 0.5;
        double sum = 0;
        for (int r = -1; r <= 28; ++r) {
          for (int q = -1; q <= 28; ++q) {
            sum += cell(r, q) * std::max(0.0, 1 - std::abs(v - r)) *
                   std::max(0.0, 1 - std::abs(u - q));
          }
        }
        expected.at<uint8_t>(y, x) = sum >= 0.5;
      }
    }
    const Rle ours = paste_mask(p, box, height, width);
    EXPECT_LE(std::abs(area(ours) - area(encode_rle(expected))), 2);
    EXPECT_GT(iou(ours, encode_rle(expected)), 0.995);
    int64_t sum = 0;
    for (uint32_t count : ours.counts) sum += count;
    EXPECT_EQ(sum, height * width);
  }
}

TEST(MaskPaste, RunsAreThoseOfTheEncoder) {
  cv::Mat full(28, 28, CV_32FC1, cv::Scalar(1)), none(28, 28, CV_32FC1, cv::Scalar(0.2));
  for (const Box& box :
       {Box{0, 0, 8, 6}, Box{2, 0, 5, 6}, Box{0, 1, 3, 5}, Box{4, 3, 8, 6}, Box{1, 1, 7, 5}}) {
    cv::Mat expected = cv::Mat::zeros(6, 8, CV_8UC1);
    expected(cv::Range(static_cast<int>(box.y0), static_cast<int>(box.y1)),
             cv::Range(static_cast<int>(box.x0), static_cast<int>(box.x1))) = 1;
    EXPECT_EQ(paste_mask(full, box, 6, 8), encode_rle(expected));
  }
  EXPECT_EQ(paste_mask(none, {0, 0, 8, 6}, 6, 8), encode_rle(cv::Mat::zeros(6, 8, CV_8UC1)));
  EXPECT_EQ(area(paste_mask(full, {20, 20, 30, 30}, 6, 8)), 0);
}

}  // namespace
}  // namespace mammograft
