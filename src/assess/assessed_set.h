// Masses of one set, real or synthetic, with their measures, and what these come to.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "assess/origin_index.h"
#include "assess/windows.h"
#include "cohort/provenance.h"
#include "graft/measures.h"
#include "stats/auc_comparison.h"
#include "stats/interval.h"

namespace mammograft {

// Grey values are shares of full scale; NaN where something cannot be measured.
struct MassMeasures {
  static constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
  double contrast = kUnknown;
  double conspicuity = kUnknown;      // contrast over the deviation of the tissue around
  double detector_score = kUnknown;   // by a detector that learnt from other patients' real masses
  double source_contrast = kUnknown;  // of the lesion that it was made from
  double seam = kUnknown;             // seam_energy() of the dilated mask
  double high_frequency = kUnknown;   // high_frequency_power()
  double background_change = kUnknown;  // in the classifier's window, a pixel beyond Omega and on
  double background_share = kUnknown;   // of the whole image's pixels there that differ
  double background_before = kUnknown;  // before compositing, as the provenance says
  std::vector<double> appearance;       // graft/appearance.h
  std::optional<Provenance::Detail> detail;  // as it says too: it takes the lesion on the grid
};

struct AssessedMass {
  MassRef ref;
  std::optional<MassRef> source;                 // the lesion that it was made from
  std::optional<OriginIndex::Image> background;  // and the image before; none: not known
  MassMeasures measures;
  std::vector<int> patients;              // indices into Assessment::patients
  int fold = -1;                          // where the classifier was tested on it; -1: nowhere
  double score = MassMeasures::kUnknown;  // logit averaged over seeds, > 0: looks synthetic
};

struct Spread {
  double mean = MassMeasures::kUnknown, median = MassMeasures::kUnknown;
  double low = MassMeasures::kUnknown, high = MassMeasures::kUnknown;  // 5th and 95th percentile
};

// Means over the masses of a set that tell theirs; NaN where none does.
struct DetailSummary {
  Provenance::Detail::Bands lesion{}, background{}, salient_lesion{}, salient_background{};
  std::array<Interval, 2> salient_lesion_interval{};
  int64_t points = 0, surviving = 0;
  double survival = 0;  // of all points
  Interval survival_interval;
};

// A measure of a set less that of the real masses: difference of the means with its interval, and
// the distance of Kolmogorov and Smirnov.
struct Shift {
  double value = MassMeasures::kUnknown, distance = MassMeasures::kUnknown;
  Interval interval{MassMeasures::kUnknown, MassMeasures::kUnknown};
};

// Of those that nobody told apart.
inline constexpr AucEstimate kNoAuc = {
    MassMeasures::kUnknown, {MassMeasures::kUnknown, MassMeasures::kUnknown}, 0, 0};

struct AssessedSet {
  std::string name;
  std::vector<AssessedMass> masses;
  double dilation_mm = 0;       // by how much a mask that is not scaled was dilated to be Omega
  int left_out = 0;             // masses without a pixel at the windows' scale
  int two_folds = 0;            // never tested: their patients lie in different folds
  int unknown_backgrounds = 0;  // named, but in none of the cohorts given
  double contrast = 0;          // mean
  Spread conspicuity, detector_score;
  Spread seam;
  Spread high_frequency;  // over the median of the real masses
  // Synthetic sets only:
  std::vector<double> real_scores;  // of the real masses, from this set's networks; NaN: untested
  AucEstimate auc = kNoAuc;         // positives: synthetic masses; only those tested count
  std::vector<double> seed_auc;     // of each seed's networks alone; empty where none were trained
  AucEstimate appearance_auc =
      kNoAuc;  // of regressions on graft/appearance.h; and on each group alone
  std::vector<AucEstimate> appearance_group_auc;  // [kAppearanceGroups]; empty as seed_auc
  ContrastTransfer transfer;
  Interval ratio_of_means, slope;
  DetailSummary detail;
  Shift conspicuity_shift, detector_score_shift;
  double background_change = 0, background_share = 0, background_before = 0;  // means
  double classifier_seconds = 0;
};

}  // namespace mammograft
