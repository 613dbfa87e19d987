// How real do synthetic masses look? Measures of each mass, and how well a small network tells the
// synthetic from the real ones.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "assess/classifier.h"
#include "assess/origin_index.h"
#include "assess/windows.h"
#include "cohort/cohort.h"
#include "cohort/folds.h"
#include "core/progress.h"
#include "stats/auc_comparison.h"

namespace mammograft {

struct AssessOptions {
  WindowOptions window;
  ClassifierOptions classifier;
  int fold_count = 5;
  double dilation_mm = 1.0;
  int resamples = 2000;
  double level = 0.95;
  bool told_apart = true;
  template <typename V>
  void fields(V&& v) {
    window.fields(v);
    v("fold_count", fold_count, "folds by patient where no file gives them");
    v("dilation_mm", dilation_mm,
      "how far beyond its mask a graft changes the image: where the seam is looked for");
    v("resamples", resamples, "bootstrap resamples of patients; 0: no intervals");
    v("level", level, "confidence level of the intervals");
    v("told_apart", told_apart,
      "train networks that tell real from synthetic masses apart; without, only measures, in "
      "seconds");
    v.group("classifier", classifier);
  }
};

struct SyntheticSet {
  std::string name;  // empty: the method that its images name
  Cohort cohort;
};

// Its name, or the method of its first image. Throws bad_input where that has no provenance.
std::string set_name(const SyntheticSet& set);

struct AssessInput {
  std::vector<Cohort> real;
  std::vector<SyntheticSet> synthetic;
  std::vector<Cohort> lesions, backgrounds;  // where sources lie that `real` does not hold
  std::optional<Folds> folds;                // none: made from all patients
};

// Grey values are shares of full scale; NaN where something cannot be measured.
struct MassMeasures {
  static constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
  double contrast = kUnknown;
  double conspicuity = kUnknown;        // contrast over the deviation of the tissue around
  double source_contrast = kUnknown;    // of the lesion that it was made from
  double seam = kUnknown;               // seam_energy() of the dilated mask
  double high_frequency = kUnknown;     // high_frequency_power()
  double background_change = kUnknown;  // within the classifier's window, outside Omega
  double background_share = kUnknown;   // of the whole image's pixels outside Omega that differ
  double background_before = kUnknown;  // before compositing, as the provenance says
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
  double mean = 0, median = 0;
  double low = 0, high = 0;  // 5th and 95th percentile
};

// Means over the masses of a set that tell theirs; NaN where none does.
struct DetailSummary {
  Provenance::Detail::Bands lesion{}, background{}, salient_lesion{}, salient_background{};
  std::array<Interval, 2> salient_lesion_interval{};
  int64_t points = 0, surviving = 0;
  double survival = 0;  // of all points
  Interval survival_interval;
};

struct AssessedSet {
  std::string name;
  std::vector<AssessedMass> masses;
  int left_out = 0;             // masses without a pixel at the windows' scale
  int two_folds = 0;            // never tested: their patients lie in different folds
  int unknown_backgrounds = 0;  // named, but in none of the cohorts given
  double contrast = 0;          // mean
  Spread conspicuity;
  Spread seam;
  Spread high_frequency;  // over the median of the real masses
  // Synthetic sets only:
  std::vector<double> real_scores;  // of the real masses, from this set's networks; NaN: untested
  AucEstimate auc;                  // positives: synthetic masses; only those tested count
  std::vector<double> seed_auc;     // of each seed's networks alone; empty where none were trained
  ContrastTransfer transfer;
  Interval ratio_of_means, slope;
  DetailSummary detail;
  // Conspicuity less that of the real masses: difference of the means with its interval, and the
  // distance of Kolmogorov and Smirnov.
  double conspicuity_shift = 0, conspicuity_distance = 0;
  Interval conspicuity_interval;
  double background_change = 0, background_share = 0, background_before = 0;  // means
  double classifier_seconds = 0;
};

struct Assessment {
  AssessedSet real;
  std::vector<AssessedSet> sets;
  std::vector<PairedDifference> differences;  // of the sets' AUC, by index
  std::vector<std::string> patients;
  Folds folds;                          // only measured, and none given: one
  std::shared_ptr<const void> origins;  // what `source` and `background` may point into
};

// The result points into the cohorts of `input`. Where told_apart is off nobody is tested: scores
// and AUC are NaN, and there are no differences. Throws bad_input (names cohort and image) where a
// cohort has no mass, a real image is synthetic, a synthetic one has no provenance, not one mass,
// or a lesion that no cohort holds, where a patient is in no fold, and where no synthetic mass of a
// set can be tested; usage for sets of one name. Same seed, same result, on any number of threads.
Assessment assess(const AssessInput& input, const AssessOptions& options, uint64_t seed,
                  int threads, Progress& progress);

}  // namespace mammograft
