#include "prepare/cbis_mask.h"

#include <fmt/format.h>

#include <cmath>
#include <opencv2/imgproc.hpp>

#include "prepare/source_pixels.h"

namespace mammograft {
namespace {

constexpr double kAspectTolerance = 0.01;
constexpr double kLargestScale = 2;

std::string size_words(int width, int height) { return fmt::format("{} x {}", width, height); }

bool has_size(const CbisFile& file, cv::Size image) {
  return file.width == image.width && file.height == image.height;
}

bool can_be_scaled(const CbisFile& file, cv::Size image) {
  const double across = double(image.width) / file.width, down = double(image.height) / file.height;
  return std::abs(across / down - 1) <= kAspectTolerance && across <= kLargestScale &&
         across >= 1 / kLargestScale;
}

// 0 and 255 of a mask in JPEG smear at its border, but stay in the outer quarters of the scale.
std::optional<cv::Mat> two_levels_of_jpeg(const cv::Mat& pixels) {
  constexpr int kDark = 16384, kBright = 49151;
  const cv::Mat bright = pixels > kBright;
  if (cv::countNonZero(bright) + cv::countNonZero(pixels < kDark) != int(pixels.total()))
    return std::nullopt;
  return bright;
}

// CV_8UC1: not zero where the larger of at most two values stands.
std::optional<cv::Mat> two_levels(const cv::Mat& pixels) {
  double low = 0, high = 0;
  cv::minMaxLoc(pixels, &low, &high);
  const cv::Mat bright = pixels > low;
  if (cv::countNonZero(bright) != cv::countNonZero(pixels == high) && high > low)
    return std::nullopt;
  return bright;
}

std::optional<cv::Mat> binary_pixels(const CbisFile& file) {
  ImageRecord unused;
  GreyOptions as_stored;
  as_stored.voi = "none";
  const cv::Mat pixels = read_source_pixels(file.path, as_stored, unused).pixels;
  return file.is_picture ? two_levels_of_jpeg(pixels) : two_levels(pixels);
}

struct BinaryFile {
  const CbisFile* file = nullptr;
  cv::Mat mask;
};

std::vector<BinaryFile> binary_files(const std::vector<const CbisFile*>& candidates, cv::Size image,
                                     bool (*fits)(const CbisFile&, cv::Size)) {
  std::vector<BinaryFile> found;
  for (const CbisFile* file : candidates) {
    if (!fits(*file, image)) continue;
    if (const auto mask = binary_pixels(*file)) found.push_back({file, *mask});
  }
  return found;
}

bool all_equal(const std::vector<BinaryFile>& files) {
  const cv::Mat& first = files.front().mask;
  for (const BinaryFile& file : files) {
    if (file.mask.size() != first.size() || cv::norm(file.mask, first, cv::NORM_INF) > 0)
      return false;
  }
  return true;
}

std::string no_mask_reason(const std::vector<const CbisFile*>& candidates, cv::Size image) {
  std::string sizes;
  for (const CbisFile* file : candidates)
    sizes += (sizes.empty() ? "" : ", ") + size_words(file->width, file->height);
  return fmt::format("no mask: found pictures of {}, expected one of two values and {} pixels",
                     sizes, size_words(image.width, image.height));
}

CbisMask checked(const BinaryFile& found, cv::Size image) {
  CbisMask result;
  cv::Mat mask = found.mask;
  if (mask.size() != image) {
    result.scaled_from = size_words(mask.cols, mask.rows);
    cv::resize(found.mask, mask, image, 0, 0, cv::INTER_NEAREST);
  }
  const int count = cv::countNonZero(mask);
  if (count == 0) {
    result.reason = "its mask is empty";
  } else if (count > image.area() / 2) {
    result.reason = "its mask covers more than half of the image";
  } else {
    result.pixels = encode_rle(mask);
  }
  return result;
}

}  // namespace

CbisMask find_cbis_mask(const std::vector<const CbisFile*>& candidates, cv::Size image) {
  std::vector<BinaryFile> found = binary_files(candidates, image, has_size);
  if (found.empty()) found = binary_files(candidates, image, can_be_scaled);
  if (found.empty()) return {std::nullopt, "", no_mask_reason(candidates, image)};
  if (!all_equal(found)) {
    return {std::nullopt, "",
            fmt::format("found {} pictures that could be its mask, expected one", found.size())};
  }
  return checked(found.front(), image);
}

}  // namespace mammograft
