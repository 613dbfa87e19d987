#include "stats/platt.h"

#include <cmath>

#include "core/error.h"
#include "stats/logistic.h"

namespace mammograft {

double PlattFit::at(double score) const { return 1 / (1 + std::exp(-(slope * score + offset))); }

PlattFit fit_platt(const std::vector<LabelledScore>& cases) {
  double positives = 0;
  for (const LabelledScore& one : cases) positives += one.positive;
  const double negatives = static_cast<double>(cases.size()) - positives;
  ensure(positives > 0 && negatives > 0, "Platt scaling of {} positives and {} negatives",
         positives, negatives);
  const double high = (positives + 1) / (positives + 2), low = 1 / (negatives + 2);
  std::vector<LogisticCase> drawn_in;
  for (const LabelledScore& one : cases)
    drawn_in.push_back({{one.score}, one.positive ? high : low});
  const LogisticFit fit = fit_logistic(drawn_in, /*ridge=*/0);
  return {fit.weights.front(), fit.offset};
}

}  // namespace mammograft
