#include "pages/quoted.h"

namespace mammograft {

std::string quoted_rate(double fppi) {
  if (fppi == 0.5) return "0.91 ± 0.07";
  return fppi == 0.8 ? "0.94 ± 0.07" : "–";
}

const char* quoted_order() {
  return "They report blending about ten points above training without synthetic images, and "
         "Poisson editing below such training.";
}

Series quoted_marks() {
  Series series;
  series.label = "Lin et al. 2019, quoted";
  series.x = {0.5, 0.8};
  series.y = {0.91, 0.94};
  series.color = {110, 110, 110};
  series.points = true;
  return series;
}

std::string quoted_caution(const EvaluateOptions& options) {
  std::string text =
      "The quoted numbers are of INbreast (116 masses, 5 folds by patient), with IoU > "
      "0.5. "
      "Another cohort is another question: they may stand beside these, not above or below them.";
  const bool same_rule = options.matching.rule == "iou" && options.matching.threshold == 0.5 &&
                         options.matching.assignment == "greedy" &&
                         !options.matching.duplicates_count && options.unit == "image" &&
                         options.fppi_over == "all";
  if (!same_rule) text += " Here the rule is another one, too.";
  return text;
}

}  // namespace mammograft
