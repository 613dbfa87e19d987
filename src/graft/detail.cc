#include "graft/detail.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <opencv2/imgproc.hpp>

#include "core/error.h"
#include "graft/bands.h"

namespace mammograft {
namespace {

constexpr double kNeighbourhoodMm = 1;  // over which energies are local
constexpr double kSalient = 2;          // times the background's energy
constexpr double kStandsOut = 3;        // deviations of the background
constexpr double kReachMm = 0.2, kHeight = 0.5;
constexpr int kFewest = 50;  // pixels behind two weights

constexpr BandWeights kNotKnown = {std::numeric_limits<double>::quiet_NaN(),
                                   std::numeric_limits<double>::quiet_NaN()};

using Spacing = std::array<double, 2>;

struct Triple {
  cv::Mat background, lesion, result;
};

Triple bands_between(const Triple& images, double fine_mm, double coarse_mm,
                     const Spacing& spacing) {
  return {band(images.background, fine_mm, coarse_mm, spacing),
          band(images.lesion, fine_mm, coarse_mm, spacing),
          band(images.result, fine_mm, coarse_mm, spacing)};
}

cv::Mat energy(const cv::Mat& of, const Spacing& spacing) {
  return blurred(of.mul(of), kNeighbourhoodMm, spacing);
}

// Normal equations of result = a lesion + b background.
BandWeights weights(const Triple& bands, const cv::Mat& where) {
  double ee = 0, ex = 0, xx = 0, er = 0, xr = 0;
  int count = 0;
  for (int r = 0; r < where.rows; ++r) {
    for (int c = 0; c < where.cols; ++c) {
      if (!where.at<uint8_t>(r, c)) continue;
      const double e = bands.lesion.at<float>(r, c), x = bands.background.at<float>(r, c);
      const double y = bands.result.at<float>(r, c);
      ee += e * e, ex += e * x, xx += x * x, er += e * y, xr += x * y;
      ++count;
    }
  }
  const double determinant = ee * xx - ex * ex;
  if (count < kFewest || determinant <= 1e-9 * ee * xx) return kNotKnown;
  return {(er * xx - xr * ex) / determinant, (xr * ee - er * ex) / determinant};
}

cv::Mat disc(double mm, const Spacing& spacing) {
  const int rx = std::max(1, cvRound(mm / spacing[1])), ry = std::max(1, cvRound(mm / spacing[0]));
  return cv::getStructuringElement(cv::MORPH_ELLIPSE, {2 * rx + 1, 2 * ry + 1});
}

// Omega without its rim: there a band's blur takes in what lies outside, the background.
cv::Mat inner(const cv::Mat& omega, const Spacing& spacing) {
  cv::Mat distance, result;
  cv::copyMakeBorder(omega, result, 1, 1, 1, 1, cv::BORDER_CONSTANT, cv::Scalar(0));
  cv::distanceTransform(result, distance, cv::DIST_L2, cv::DIST_MASK_PRECISE);
  const double px = kDetailBlursMm.back() / std::min(spacing[0], spacing[1]);
  return distance(cv::Rect({1, 1}, omega.size())) > px;
}

void count_points(const Triple& bands, const cv::Mat& omega, const Spacing& spacing,
                  DetailTransfer& transfer) {
  cv::Mat deviation, highest, reached;
  cv::sqrt(energy(bands.background, spacing), deviation);
  cv::dilate(bands.lesion, highest, disc(kReachMm, spacing));
  cv::dilate(bands.result, reached, disc(kReachMm, spacing));
  for (int r = 0; r < omega.rows; ++r) {
    for (int c = 0; c < omega.cols; ++c) {
      const float height = bands.lesion.at<float>(r, c);
      const bool point = omega.at<uint8_t>(r, c) && height >= highest.at<float>(r, c) &&
                         height > kStandsOut * deviation.at<float>(r, c);
      if (!point) continue;
      ++transfer.points;
      transfer.surviving += reached.at<float>(r, c) >= kHeight * height;
    }
  }
}

}  // namespace

DetailTransfer detail_transfer(const cv::Mat& background, const cv::Mat& lesion,
                               const cv::Mat& result, const cv::Mat& omega,
                               const Spacing& mm_per_px) {
  const bool fit = omega.type() == CV_8UC1 && background.size() == lesion.size() &&
                   background.size() == result.size() && background.size() == omega.size();
  ensure(fit, "detail_transfer: expected three images and a CV_8UC1 region of one size");
  const Triple images{background, lesion, result};
  const cv::Mat inside = inner(omega, mm_per_px);
  DetailTransfer transfer;
  for (size_t i = 0; i < kDetailBands; ++i) {
    if (!blur_changes(kDetailBlursMm[i], mm_per_px)) {
      transfer.everywhere[i] = transfer.where_salient[i] = kNotKnown;
      if (i == 0) transfer.salient_share = kNotKnown.lesion;
      continue;
    }
    const Triple bands = bands_between(images, kDetailBlursMm[i], kDetailBlursMm[i + 1], mm_per_px);
    const cv::Mat salient =
        (energy(bands.lesion, mm_per_px) >= kSalient * energy(bands.background, mm_per_px)) &
        inside;
    transfer.everywhere[i] = weights(bands, inside);
    transfer.where_salient[i] = weights(bands, salient);
    if (i == 0)
      transfer.salient_share =
          cv::countNonZero(salient) / std::max(1.0, double(cv::countNonZero(inside)));
  }
  count_points(bands_between(images, kDetailBlursMm.front(), kDetailBlursMm.back(), mm_per_px),
               inside, mm_per_px, transfer);
  return transfer;
}

}  // namespace mammograft
