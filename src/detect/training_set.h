// The images that a detector learns from, as the network sees them, and which of them come when.
// No torch.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cohort/cohort.h"
#include "core/progress.h"
#include "core/rng.h"
#include "detect/fresh_grafts.h"
#include "detect/training_image.h"
#include "nn/input.h"

namespace mammograft {

struct TrainingSetOptions {
  std::string mask_from = "contour";  // contour | any
  bool use_other = false, use_unknown = false;
  bool masses_only = false;  // the paper: images with a mass only
  double mass_share = 0.5;   // of the draws
  // Of the draws with a mass; none: by their number, under which 200 grafts drown 90 real masses.
  // With a share grafts take the place of healthy images, of half of them at most: real masses are
  // seen as often as without grafts, as long as there are enough healthy images to give way.
  std::optional<double> synthetic_share = 0.25;
  template <typename V>
  void fields(V&& v) {
    v.choice("mask_from", mask_from, {"contour", "any"},
             "annotations that the mask head learns from: drawn contours only, or circles, "
             "boxes and refined outlines too");
    v("use_other", use_other, "learn from images of status other as if they were normal");
    v("use_unknown", use_unknown, "learn from images of status unknown as if they were normal");
    v("masses_only", masses_only, "learn from images with a mass only, as in the paper");
    v("mass_share", mass_share,
      "share of draws that show a mass, where there are both kinds; grafts come beside it");
    v("synthetic_share", synthetic_share,
      "share of the draws with a mass that come from synthetic images, where there are both; they "
      "take the place of images without a mass, of half of those at most; none: by their number");
  }
};

class TrainingSet {
 public:
  // Reads, segments, crops and scales every usable image once (in parallel, kept in memory). An
  // image of which no mass can be seen then would teach that there is none: it is left out.
  // bad_input when no image with a mass remains, naming what was left out and why.
  // `fresh`: synthetic images are made while the network learns, in the share of the draws that the
  // options give; then the cohort has none: bad_input, and no share is a usage error.
  TrainingSet(const Cohort& cohort, const InputOptions& input, const TrainingSetOptions& options,
              int threads, Progress& progress, std::unique_ptr<FreshGrafts> fresh = nullptr);

  // The image of draw number i (0, 1, 2, ...): every kind is walked through in a fresh random order
  // each round. Depends on (seed, i) alone. The reference holds until the next draw.
  const TrainingImage& draw(int64_t i, const Rng& seed) const;

  // Of what is kept in memory: fresh grafts are not counted here.
  int64_t size() const { return static_cast<int64_t>(images_.size()); }
  int64_t images_with_mass() const {
    return static_cast<int64_t>(with_mass_.size() + synthetic_.size());
  }
  int64_t synthetic_images() const { return synthetic_count_; }
  int64_t real_images_with_mass() const { return images_with_mass() - synthetic_count_; }
  int64_t real_masses() const { return real_masses_; }  // in images that are not synthetic
  const FreshGrafts* fresh() const { return fresh_.get(); }
  double mass_share() const;                    // of the draws, in effect
  double synthetic_share() const;               // of the draws with a mass, in effect
  int canvas_px() const { return canvas_px_; }  // longest side that a batch's images may have
  bool any_mask() const;                        // the mask head has something to learn from
  std::vector<Box> boxes() const;               // of all masses, network pixels
  const std::vector<std::string>& patients() const { return patients_; }  // sorted, unique
  int64_t left_out() const { return left_out_; }                          // by status
  // Files of the images left out because the network sees none of their masses: below one of its
  // pixels, mostly outside of the crop, in what counts as air there, or annotated nowhere.
  const std::vector<std::string>& unseen() const { return unseen_; }
  // Files of images that are learnt from, but with such a mass beside another.
  const std::vector<std::string>& partly_unseen() const { return partly_unseen_; }

 private:
  void keep_seen(std::vector<TrainingImage> images, std::vector<const ImageRecord*>& records);
  void make_room_for_grafts();
  void check_fresh(const Cohort& cohort, const TrainingSetOptions& options) const;
  const TrainingImage& draw_mass(int64_t i, const Rng& seed) const;
  const TrainingImage& from_pool(const std::vector<size_t>& pool, int64_t i, const Rng& seed,
                                 const char* name) const;
  std::vector<TrainingImage> images_;
  // Indices into images_. Synthetic images are a kind of their own where a share is given.
  std::vector<size_t> with_mass_, synthetic_, without_mass_;
  std::vector<std::string> patients_, unseen_, partly_unseen_;
  double mass_share_ = 0.5, synthetic_share_ = 0;
  int canvas_px_ = 0;
  int64_t left_out_ = 0, synthetic_count_ = 0, real_masses_ = 0;
  std::unique_ptr<FreshGrafts> fresh_;
};

}  // namespace mammograft
