#include "stats/logistic.h"

#include <cmath>

#include "core/error.h"

namespace mammograft {
namespace {

using Vector = std::vector<double>;

// Mean and deviation of each feature; 0 for the deviation of one without spread.
struct Standard {
  explicit Standard(const std::vector<LogisticCase>& cases) {
    const auto n = static_cast<double>(cases.size());
    mean.assign(cases.front().features.size(), 0);
    deviation = mean;
    for (const LogisticCase& one : cases)
      for (size_t i = 0; i < mean.size(); ++i) mean[i] += one.features[i] / n;
    for (const LogisticCase& one : cases)
      for (size_t i = 0; i < mean.size(); ++i)
        deviation[i] += (one.features[i] - mean[i]) * (one.features[i] - mean[i]) / n;
    for (size_t i = 0; i < mean.size(); ++i) {
      deviation[i] = std::sqrt(deviation[i]);
      if (deviation[i] < 1e-12 * std::abs(mean[i])) deviation[i] = 0;  // of rounding alone
    }
  }
  // The standardised features, and a 1 for the offset.
  Vector of(const Vector& features) const {
    Vector x(mean.size() + 1, 1);
    for (size_t i = 0; i < mean.size(); ++i)
      x[i] = deviation[i] > 0 ? (features[i] - mean[i]) / deviation[i] : 0;
    return x;
  }
  Vector mean, deviation;
};

double dot(const Vector& a, const Vector& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

// a x = b by Cholesky's decomposition; a [n * n] is symmetric and positive definite.
Vector solve(Vector a, Vector b) {
  const size_t n = b.size();
  for (size_t j = 0; j < n; ++j) {
    for (size_t i = j; i < n; ++i) {
      double sum = a[i * n + j];
      for (size_t k = 0; k < j; ++k) sum -= a[i * n + k] * a[j * n + k];
      a[i * n + j] = i == j ? std::sqrt(sum) : sum / a[j * n + j];
    }
  }
  for (size_t i = 0; i < n; ++i) {
    for (size_t k = 0; k < i; ++k) b[i] -= a[i * n + k] * b[k];
    b[i] /= a[i * n + i];
  }
  for (size_t i = n; i-- > 0;) {
    for (size_t k = i + 1; k < n; ++k) b[i] -= a[k * n + i] * b[k];
    b[i] /= a[i * n + i];
  }
  return b;
}

class Problem {
 public:
  Problem(const std::vector<LogisticCase>& cases, const Standard& standard, double ridge)
      : ridge_(ridge) {
    for (const LogisticCase& one : cases) {
      x_.push_back(standard.of(one.features));
      y_.push_back(one.target);
    }
  }

  // Minus the log likelihood, and the ridge.
  double loss(const Vector& w) const {
    double sum = 0;
    for (size_t i = 0; i + 1 < w.size(); ++i) sum += ridge_ / 2 * w[i] * w[i];
    for (size_t c = 0; c < x_.size(); ++c) {
      const double z = dot(x_[c], w);
      sum += std::max(z, 0.0) - y_[c] * z + std::log1p(std::exp(-std::abs(z)));
    }
    return sum;
  }

  Vector newton_step(const Vector& w) const {
    const size_t n = w.size();
    Vector gradient(n, 0), hessian(n * n, 0);
    for (size_t i = 0; i < n; ++i) {
      const double ridge = i + 1 < n ? ridge_ : 0;
      gradient[i] = -ridge * w[i];
      hessian[i * n + i] = ridge + 1e-12;
    }
    for (size_t c = 0; c < x_.size(); ++c) {
      const double p = 1 / (1 + std::exp(-dot(x_[c], w))), weight = p * (1 - p);
      for (size_t i = 0; i < n; ++i) {
        gradient[i] += (y_[c] - p) * x_[c][i];
        for (size_t j = 0; j < n; ++j) hessian[i * n + j] += weight * x_[c][i] * x_[c][j];
      }
    }
    return solve(std::move(hessian), std::move(gradient));
  }

  // Halved until it makes things better; false where none does: the minimum.
  bool take_step(Vector& w) const {
    const Vector step = newton_step(w);
    const double before = loss(w);
    for (double length = 1; length > 1e-10; length /= 2) {
      Vector next = w;
      for (size_t i = 0; i < w.size(); ++i) next[i] += length * step[i];
      if (!(loss(next) < before)) continue;
      w = std::move(next);
      return true;
    }
    return false;
  }

 private:
  double ridge_;
  std::vector<Vector> x_;
  Vector y_;
};

}  // namespace

double LogisticFit::logit(const std::vector<double>& features) const {
  return offset + dot(weights, features);
}

LogisticFit fit_logistic(const std::vector<LogisticCase>& cases, double ridge) {
  size_t positives = 0;
  for (const LogisticCase& one : cases) {
    positives += one.target > 0.5;
    ensure(one.features.size() == cases.front().features.size(), "cases of different features");
  }
  ensure(positives > 0 && positives < cases.size(), "logistic regression of {} positives among {}",
         positives, cases.size());
  const Standard standard(cases);
  const Problem problem(cases, standard, ridge);
  Vector w(standard.mean.size() + 1, 0);
  for (int i = 0; i < 100 && problem.take_step(w); ++i) continue;
  LogisticFit fit{Vector(standard.mean.size(), 0), w.back()};
  for (size_t i = 0; i < standard.mean.size(); ++i) {
    if (standard.deviation[i] > 0) fit.weights[i] = w[i] / standard.deviation[i];
    fit.offset -= fit.weights[i] * standard.mean[i];
  }
  return fit;
}

}  // namespace mammograft
