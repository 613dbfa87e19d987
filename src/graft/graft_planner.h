// What becomes of every synthetic image: which lesion goes where, and how.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <opencv2/core.hpp>
#include <optional>
#include <string>
#include <vector>

#include "cohort/annotation_index.h"
#include "cohort/cohort.h"
#include "core/rng.h"
#include "core/run_context.h"
#include "graft/background_cache.h"
#include "graft/conspicuity.h"
#include "graft/graft_method.h"
#include "graft/graft_window.h"
#include "graft/placement_prior.h"
#include "graft/synthesis_input.h"
#include "graft/synthesis_options.h"
#include "graft/view_pairs.h"

namespace mammograft {

// What becomes of one of them.
struct Graft {
  bool placed = false;
  std::map<std::string, int> failures;  // reason -> attempts; of both views with the CC image
  size_t lesion = 0, background = 0;    // indices into the bank, into the images
  LesionTransform transform;
  double gain = 1;       // on the lesion's contrast
  cv::Point center;      // of omega's box, px
  cv::Mat image;         // CV_16UC1: the background, then the result
  int stored_bits = 16;  // of the background's file, and of ours
  GraftWindow window;
  double nipple_mm = 0;   // with both views: how far the region's middle is from the nipple
  std::string lesion_id;  // of a lesion in two views
};

// Lesions and backgrounds are gone through in a fresh random order each round, those that are drawn
// often several times in it. With options.views both a lesion goes into the two views of a breast,
// images 2 k (CC) and 2 k + 1 (MLO): its place in the CC image is drawn, the one in the MLO image
// among those as far from the nipple.
class GraftPlanner {
 public:
  // Reads the lesions at once; cohorts, method and options must outlive it. bad_input: no lesion,
  // or nothing to graft onto; with both views no breast that has them.
  GraftPlanner(const SynthesisInput& input, const GraftMethod& method,
               const SynthesisOptions& options, const RunContext& context);

  // Images number first, first + 1, ...; each depends on its number alone. With both views `first`
  // and `count` are even, and of a pair both are placed or none.
  std::vector<Graft> plan(int64_t first, size_t count, int threads) const;

  bool both_views() const { return options_.views == "both"; }
  const Rng& rng() const { return rng_; }
  const LesionBank& bank() const { return bank_; }
  const AnnotationIndex& findings() const { return findings_; }  // of the backgrounds
  const PlacementPrior* prior() const { return prior_.get(); }   // none: uniform
  const BreastPairs& breasts() const { return breasts_; }        // with both views

 private:
  void pair_views();
  std::vector<size_t> backgrounds_for(const Lesion& lesion) const;
  Graft plan_one(int64_t i) const;
  std::array<Graft, 2> plan_both_views(int64_t pair) const;
  std::optional<LesionTransform> transform_for(Graft& graft, Rng& rng) const;
  bool try_place(Graft& graft, const LesionTransform& transform, std::optional<double> nipple_mm,
                 Rng& rng) const;
  bool try_both_views(std::array<Graft, 2>& grafts, Rng& rng) const;
  std::optional<ChosenPlace> place(const Background& background, const WarpedLesion& warped,
                                   size_t lesion, Rng& rng) const;

  Background background(size_t image) const;

  const Cohort& backgrounds_;
  const GraftMethod& method_;
  const SynthesisOptions& options_;
  Rng rng_;
  std::vector<size_t> usable_, drawn_backgrounds_;  // into the images; as often as they are drawn
  LesionBank bank_;
  std::vector<size_t> drawn_lesions_;  // into the bank, likewise
  std::vector<double> targets_;        // the conspicuity that a graft of each lesion may aim at
  std::unique_ptr<const PlacementPrior> prior_;
  AnnotationIndex findings_;
  BreastPairs breasts_;
  std::vector<ViewPair> sources_;
  mutable BackgroundCache cache_;
};

}  // namespace mammograft
