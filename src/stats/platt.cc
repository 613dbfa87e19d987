#include "stats/platt.h"

#include <cmath>

#include "core/error.h"

namespace mammograft {
namespace {

// -log likelihood of one case with logit z and target t; log1p keeps it exact far out.
double loss_of(double z, double target) {
  return z >= 0 ? (1 - target) * z + std::log1p(std::exp(-z))
                : -target * z + std::log1p(std::exp(z));
}

struct Targets {
  double positive, negative;
};

class Objective {
 public:
  Objective(const std::vector<LabelledScore>& cases, Targets targets)
      : cases_(cases), targets_(targets) {}

  double loss(const PlattFit& fit) const {
    double sum = 0;
    for (const LabelledScore& one : cases_)
      sum += loss_of(fit.slope * one.score + fit.offset, target(one));
    return sum;
  }

  // Newton's step. The ridge keeps it defined where all scores are one.
  PlattFit step(const PlattFit& fit) const {
    double g1 = 0, g2 = 0, h11 = 1e-12, h22 = 1e-12, h12 = 0;
    for (const LabelledScore& one : cases_) {
      const double p = fit.at(one.score), d = p - target(one), w = p * (1 - p);
      g1 += d * one.score;
      g2 += d;
      h11 += w * one.score * one.score;
      h12 += w * one.score;
      h22 += w;
    }
    const double determinant = h11 * h22 - h12 * h12;
    return {-(h22 * g1 - h12 * g2) / determinant, -(h11 * g2 - h12 * g1) / determinant};
  }

 private:
  double target(const LabelledScore& one) const {
    return one.positive ? targets_.positive : targets_.negative;
  }
  const std::vector<LabelledScore>& cases_;
  Targets targets_;
};

}  // namespace

double PlattFit::at(double score) const { return 1 / (1 + std::exp(-(slope * score + offset))); }

PlattFit fit_platt(const std::vector<LabelledScore>& cases) {
  double positives = 0;
  for (const LabelledScore& one : cases) positives += one.positive;
  const double negatives = static_cast<double>(cases.size()) - positives;
  ensure(positives > 0 && negatives > 0, "Platt scaling of {} positives and {} negatives",
         positives, negatives);
  const Objective objective(cases, {(positives + 1) / (positives + 2), 1 / (negatives + 2)});
  PlattFit fit{0, std::log((positives + 1) / (negatives + 1))};
  double loss = objective.loss(fit);
  for (int i = 0; i < 100; ++i) {
    const PlattFit step = objective.step(fit);
    PlattFit next = fit;
    double next_loss = loss;
    for (double length = 1; length > 1e-10; length /= 2) {
      next = {fit.slope + length * step.slope, fit.offset + length * step.offset};
      next_loss = objective.loss(next);
      if (next_loss < loss) break;
    }
    if (!(next_loss < loss)) break;  // no step makes it better: the minimum
    fit = next;
    loss = next_loss;
  }
  return fit;
}

}  // namespace mammograft
