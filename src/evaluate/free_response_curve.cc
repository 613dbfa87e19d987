#include "evaluate/free_response_curve.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"

namespace mammograft {
namespace {

struct FrocMark {
  double rating = 0;
  bool on_lesion = false;
};

struct FrocCounts {
  double cases = 0, lesions = 0;  // that false marks and lesions are shares of
  std::vector<FrocMark> marks;    // by falling rating
};

bool is_counted(const MarkedCase& one, NlfCases over) {
  return over == NlfCases::all || !one.diseased();
}

FrocCounts counts_of(const FreeResponse& cases, NlfCases over) {
  FrocCounts counts;
  for (const MarkedCase& one : cases) {
    counts.lesions += static_cast<double>(one.lesions.size());
    for (const MarkedLesion& lesion : one.lesions) {
      if (lesion.rating > kUnmarked) counts.marks.push_back({lesion.rating, true});
    }
    if (!is_counted(one, over)) continue;
    counts.cases += 1;
    for (const double mark : one.false_marks) counts.marks.push_back({mark, false});
  }
  std::sort(counts.marks.begin(), counts.marks.end(),
            [](const FrocMark& a, const FrocMark& b) { return a.rating > b.rating; });
  return counts;
}

double height_at(const LlfPoint& left, const LlfPoint& right, double nlf) {
  return left.llf + (right.llf - left.llf) * (nlf - left.nlf) / (right.nlf - left.nlf);
}

// Between two neighbouring points, of which the left one lies left of `nlf`.
double area_between(const LlfPoint& left, const LlfPoint& right, double nlf, FrocRule rule) {
  const double end = std::min(right.nlf, nlf);
  if (!(end > left.nlf)) return 0;
  const double far = rule == FrocRule::steps ? left.llf : height_at(left, right, end);
  return (end - left.nlf) * (left.llf + far) / 2;
}

}  // namespace

std::vector<LlfPoint> llf_curve(const FreeResponse& cases, NlfCases over) {
  const FrocCounts counts = counts_of(cases, over);
  double found = 0, wrong = 0;
  std::vector<LlfPoint> curve = {{0 / counts.cases, 0 / counts.lesions}};
  for (size_t i = 0; i < counts.marks.size(); ++i) {
    (counts.marks[i].on_lesion ? found : wrong) += 1;
    const bool tied =
        i + 1 < counts.marks.size() && counts.marks[i + 1].rating == counts.marks[i].rating;
    if (!tied) curve.push_back({wrong / counts.cases, found / counts.lesions});
  }
  return curve;
}

double max_llf(const FreeResponse& cases) { return llf_curve(cases).back().llf; }

double max_nlf(const FreeResponse& cases, NlfCases over) {
  return llf_curve(cases, over).back().nlf;
}

double llf_curve_area(const std::vector<LlfPoint>& curve, double nlf, FrocRule rule) {
  ensure(!curve.empty() && nlf >= 0, "area of a curve of {} points up to {}", curve.size(), nlf);
  if (std::isnan(curve.back().nlf)) return curve.back().nlf;
  double area = std::max(0.0, nlf - curve.back().nlf) * curve.back().llf;
  for (size_t i = 1; i < curve.size() && curve[i - 1].nlf < nlf; ++i) {
    area += area_between(curve[i - 1], curve[i], nlf, rule);
  }
  return area;
}

}  // namespace mammograft
