#include "stats/mean_deviation.h"

#include <cmath>

namespace mammograft {

MeanDeviation mean_deviation(const std::vector<double>& values) {
  double sum = 0, squares = 0;
  MeanDeviation of;
  for (double value : values)
    if (!std::isnan(value)) sum += value, ++of.count;
  if (of.count == 0) return of;
  of.mean = sum / of.count;
  for (double value : values)
    if (!std::isnan(value)) squares += (value - of.mean) * (value - of.mean);
  if (of.count > 1) of.deviation = std::sqrt(squares / (of.count - 1));
  return of;
}

}  // namespace mammograft
