// A learning curve that never falls, read backwards: how many masses reach a rate.
#pragma once

#include <vector>

namespace mammograft {

// A place on the curve, or that it lies outside of it.
struct CurvePlace {
  double x = 0;  // outside: the end of the curve that is nearer
  int side = 0;  // -1: below the first point, 1: beyond the last one
  const char* outside() const { return side < 0 ? "below" : side > 0 ? "beyond" : "no"; }
};

// Between the points straight over the logarithm of x. Values that fall are pooled with their
// neighbours (stats/isotonic.h), each point weighing alike.
class MonotoneCurve {
 public:
  // Ascending, positive; as many of both, two or more; no NaN: else a defect.
  MonotoneCurve(std::vector<double> x, const std::vector<double>& y);

  // The smallest x at which y is reached.
  CurvePlace reached(double y) const;

 private:
  std::vector<double> x_, y_;
};

}  // namespace mammograft
