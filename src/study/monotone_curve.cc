#include "study/monotone_curve.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "stats/isotonic.h"

namespace mammograft {

MonotoneCurve::MonotoneCurve(std::vector<double> x, const std::vector<double>& y)
    : x_(std::move(x)), y_(rising(y)) {
  ensure(x_.size() == y_.size() && x_.size() > 1 && x_.front() > 0 &&
             std::adjacent_find(x_.begin(), x_.end(), std::greater_equal<>()) == x_.end(),
         "learning curve: expected ascending numbers of masses, and a rate for each");
}

CurvePlace MonotoneCurve::reached(double y) const {
  if (y < y_.front()) return {x_.front(), -1};
  if (y > y_.back()) return {x_.back(), 1};
  const auto i = static_cast<size_t>(std::lower_bound(y_.begin(), y_.end(), y) - y_.begin());
  if (i == 0) return {x_.front(), 0};
  const double share = (y - y_[i - 1]) / (y_[i] - y_[i - 1]);
  return {x_[i - 1] * std::pow(x_[i] / x_[i - 1], share), 0};
}

}  // namespace mammograft
