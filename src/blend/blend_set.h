// What a blender learns from, on one grid: lesions, backgrounds, and windows around real masses.
// No torch.
#pragma once

#include <cstdint>
#include <memory>
#include <opencv2/core.hpp>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "cohort/cohort.h"
#include "core/progress.h"
#include "core/rng.h"
#include "graft/graft_window.h"
#include "graft/lesion_bank.h"
#include "graft/placement.h"
#include "graft/placement_prior.h"

namespace mammograft {

struct BlendSetOptions {
  double grid_mm = 0.2;
  int window_px = 192;
  int max_lesions = 0;
  int max_backgrounds = 300;
  double held_out = 0.2;
  int validation_windows = 48;
  std::vector<double> mm_per_px;
  LesionBankOptions lesion;
  PlacementOptions placement;
  IntensityOptions intensity;
  template <typename V>
  void fields(V&& v) {
    v("grid_mm", grid_mm, "millimetres per pixel of the networks");
    v("window_px", window_px, "side of a training window, in pixels of that grid");
    v("max_lesions", max_lesions, "most masses to learn from, drawn at random; 0: all");
    v("max_backgrounds", max_backgrounds, "most images to graft onto that are kept in memory");
    v("held_out", held_out,
      "share of the patients that choose the best state instead of being learnt from, one at "
      "least; 0: nobody");
    v("validation_windows", validation_windows, "windows of those patients that choose it");
    v("mm_per_px", mm_per_px,
      "pixel size of images that do not state theirs: one value, or row and column");
    v.group("lesion", lesion);
    v.group("placement", placement);
    v.group("intensity", intensity);
  }
};

// A window around a real mass, not resampled where its image lies on the grid already.
struct RealWindow {
  cv::Mat x;      // CV_16UC1
  cv::Mat mask;   // CV_8UC1, 0 or 255: the finding
  cv::Mat omega;  // the same, dilated
  cv::Mat breast;
  IntensityRange range;
};

class BlendSet {
 public:
  // Real masses are those of `backgrounds` where it has any, else those of `lesions`: what a graft
  // in these images has to look like. Patients are held out with all that is theirs: lesions,
  // backgrounds and real masses. bad_input where nothing is left to learn from.
  BlendSet(const Cohort& backgrounds, const Cohort& lesions, const BlendSetOptions& options,
           uint64_t seed, int threads, Progress& progress);

  // Window number i of the training: a lesion in its turn, placed at random in a random background,
  // all of it turned by quarters and mirrored at random. Depends on (seed, i) alone.
  GraftWindow draw(int64_t i, const Rng& seed) const;
  RealWindow draw_real(int64_t i, const Rng& seed) const;

  // Of the held-out patients; the same at every call.
  const std::vector<GraftWindow>& validation() const { return validation_; }
  // Of the patients that are learnt from, and of those held out; the latter may be none.
  const std::vector<RealWindow>& reals() const { return reals_; }
  const std::vector<RealWindow>& held_out_reals() const { return held_out_reals_; }

  int64_t lesions() const { return std::ssize(learning_lesions_); }
  int64_t backgrounds() const { return std::ssize(learning_backgrounds_); }
  int64_t held_out_lesions() const { return std::ssize(held_out_lesions_); }
  const std::vector<std::string>& patients() const { return patients_; }  // sorted, unique

 private:
  using MassKey = std::tuple<std::string, std::string, int64_t>;  // patient, file, annotation
  void limit_lesions(const Rng& rng);
  std::set<std::string> hold_out(const std::vector<std::string>& background_patients,
                                 const Rng& rng);
  void read_reals(const Cohort& cohort, const std::vector<const ImageRecord*>& images,
                  const std::set<std::string>& held_out, int threads, Progress& progress);
  void make_validation(const Rng& rng);
  GraftWindow window(size_t lesion, const std::vector<size_t>& backgrounds, Rng& rng) const;

  BlendSetOptions options_;
  LesionBank bank_;
  std::unique_ptr<const PlacementPrior> prior_;  // none: uniform
  std::vector<Background> backgrounds_;
  std::vector<size_t> learning_lesions_, held_out_lesions_;
  std::vector<size_t> learning_backgrounds_, held_out_backgrounds_;
  std::set<MassKey> left_out_;  // by the limit
  std::vector<RealWindow> reals_, held_out_reals_;
  std::vector<GraftWindow> validation_;
  std::vector<std::string> patients_;
};

// The same background on a grid of square pixels; itself where it lies on that grid already.
Background on_grid(const Background& background, double grid_mm);

}  // namespace mammograft
