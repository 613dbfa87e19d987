// How detections are scored.
#pragma once

#include <string>
#include <vector>

#include "core/json.h"
#include "core/run_context.h"
#include "evaluate/matching.h"
#include "stats/bootstrap_options.h"

namespace mammograft {

struct EvaluateOptions {
  MatchingOptions matching;
  std::string unit = "image";
  std::string lesion_weights = "equal";
  std::vector<double> fppi = {0.1, 0.25, 0.5, 0.8, 1, 2, 4};
  std::string fppi_over = "all";
  double area_fppi = 1;
  std::vector<double> specificities = {0.8, 0.9, 0.95};
  std::string pool = "auto";
  std::vector<std::string> categories;
  std::vector<std::string> groups;
  std::vector<double> size_bins_mm = {10, 20, 30};
  bool allow_leak = false;
  BootstrapOptions bootstrap;
  std::string strata = "none";
  int permutations = 2000;
  double margin = 0;
  double power_gain = 0;
  double power_loss = 0.05;
  template <typename V>
  void fields(V&& v) {
    matching.fields(v);
    v.choice("unit", unit, {"image", "breast", "patient"},
             "what is to be found: every mass of every image, a breast or a patient with masses "
             "(any view suffices)");
    v.choice("lesion_weights", lesion_weights, {"equal", "size"},
             "what the masses of a case weigh in the wAFROC: alike, or as their largest diameters");
    v("fppi", fppi, "false positives per image at which the TPR is given");
    v.choice("fppi_over", fppi_over, {"all", "normal", "unmatched"},
             "images over which false positives are counted: all, those of status normal, or those "
             "without a mass");
    v("area_fppi", area_fppi, "false positives per image up to which the FROC's area is taken");
    v("specificities", specificities, "specificities at which the sensitivity of cases is given");
    v.choice("pool", pool, {"auto", "yes", "no"},
             "take several detections files as one result (folds); auto: when no image is in two");
    v("categories", categories, "names of the categories to score; none: all of the truth");
    v("groups", groups,
      "split the masses by these: size, view, laterality, mask_origin, density, vendor, dataset, "
      "or "
      "an attribute; none: those that the truth tells");
    v("size_bins_mm", size_bins_mm, "borders of the size groups, mm, ascending");
    v("allow_leak", allow_leak, "score a model even on patients from whom it learnt");
    v.group("bootstrap", bootstrap);
    v.choice("strata", strata, {"none", "masses", "folds"},
             "patients that are drawn apart: with and without masses, or by detections file");
    v("permutations", permutations, "rounds of the paired test of two systems; 0: no test");
    v("margin", margin, "a system that loses less than this is not inferior; 0: not asked");
    v("power_gain", power_gain,
      "say how many patients with masses would show a TPR that is higher by this at 0.5 FPPI; 0: "
      "not asked");
    v("power_loss", power_loss,
      "for that: share of the masses found here that the better system does not find");
  }
};

// Throws usage for numbers out of range. Sorts the lists of numbers and drops repeated ones.
EvaluateOptions checked(EvaluateOptions options);

// With the seed and the threads of a run: every draw is from its seed, and no loop takes more
// threads.
EvaluateOptions for_run(EvaluateOptions options, const RunContext& context);

// What a result says of how it was scored: the options, and the seed that was drawn from.
Json options_json(const EvaluateOptions& options);

// "iou > 0.5; greedy; further hits ignored; unit image; FPPI over all images": what a number in a
// file or on a figure stands under.
std::string short_rule(const EvaluateOptions& options);

}  // namespace mammograft
