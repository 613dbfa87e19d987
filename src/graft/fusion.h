// A lesion and a background made one, band by band, each from where it is salient: the lesion's
// margin, spicules and calcifications stay, and the breast's own strands run on through it.
//
// Burt and Kolczynski, "Enhanced image capture through fusion", ICCV 1993: salience is the energy
// of a band around a place, and where both images show the same there (their match is high) they
// are averaged, else the more salient one is taken. Bands here are differences of Gaussians at full
// resolution, not a pyramid, so that nothing depends on where its grid lies.
#pragma once

#include <array>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "core/options.h"
#include "graft/seated_lesion.h"

namespace mammograft {

struct FusionOptions {
  std::vector<double> blurs_mm = {0.14, 0.28, 0.56, 1.12};
  double neighbourhood_mm = 1;
  double match = 0.75;
  double sharpness = 4;
  double share_blur_mm = 0.3;
  double gain_max = 1.4;
  bool match_grain = true;
  double displaced = 0;
  template <typename V>
  void fields(V&& v) {
    v("blurs_mm", blurs_mm,
      "Gaussian blurs between which the bands lie, finest first; below the coarsest all is the "
      "lesion's");
    v("neighbourhood_mm", neighbourhood_mm, "blur over which a band's energy is compared");
    v("match", match, "likeness of both above which they are averaged, 0 to 1");
    v("sharpness", sharpness,
      "below it the lesion's share is 1 / (1 + (energy of the background / the lesion's) ^ this)");
    v("share_blur_mm", share_blur_mm, "blur of the shares, so that no edge comes from choosing");
    v("gain_max", gain_max, "largest factor that brings a fused band to the stronger one's energy");
    v("match_grain", match_grain,
      "bring the grain of a noisier film down to the background's; what stands out of it stays");
    v("displaced", displaced, "share of the background's bands that gives way to the mass, 0 to 1");
  }
};

// Throws usage for what cannot be; `group` is what the options are called: "fuse.match: found 1,
// ...".
void check(const FusionOptions& options, const std::string& group);

// x: the background; lesion: its bands are those of `detail`, what is below the coarsest that of
// `levels` (all of one channel and in the same grey levels); omega CV_8UC1, 0 or 255; all of one
// size. CV_32FC1, x outside of omega; at its rim nothing is faded in. Defect for other types, usage
// for options that cannot be.
cv::Mat fused(const cv::Mat& x, const SeatedLesion& lesion, const cv::Mat& omega,
              const std::array<double, 2>& mm_per_px, const FusionOptions& options = {});

}  // namespace mammograft
