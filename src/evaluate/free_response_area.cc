#include "evaluate/free_response_area.h"

#include <algorithm>
#include <limits>
#include <vector>

namespace mammograft {
namespace {

enum class Lesions { alike, weighted };

double highest_on_lesion(const MarkedCase& one) {
  double highest = kUnmarked;
  for (const MarkedLesion& lesion : one.lesions) highest = std::max(highest, lesion.rating);
  return highest;
}

RankedItem false_item(const MarkedCase& one) {
  return {one.highest_false(), false, 1, one.patient};
}

void add_lesions(const MarkedCase& one, Lesions lesions, std::vector<RankedItem>& items) {
  for (const MarkedLesion& lesion : one.lesions) {
    const double weight = lesions == Lesions::weighted ? lesion.weight : 1;
    items.push_back({lesion.rating, true, weight, one.patient});
  }
}

RankArea area_of_lesions(const FreeResponse& cases, Lesions lesions, bool false_of_diseased) {
  std::vector<RankedItem> items;
  for (const MarkedCase& one : cases) {
    if (!one.diseased() || false_of_diseased) items.push_back(false_item(one));
    add_lesions(one, lesions, items);
  }
  return RankArea(std::move(items));
}

// Incorrectly localised cases stand at -infinity, unmarked normal ones above them at the lowest
// finite number: so the two do not tie.
double lroc_rating(const MarkedCase& one) {
  constexpr double kLowest = std::numeric_limits<double>::lowest();
  if (!one.diseased()) return std::max(one.highest_false(), kLowest);
  const double on_lesion = highest_on_lesion(one);
  return on_lesion > one.highest_false() ? on_lesion : kUnmarked;
}

}  // namespace

RankArea afroc_area(const FreeResponse& cases) {
  return area_of_lesions(cases, Lesions::alike, false);
}

RankArea afroc1_area(const FreeResponse& cases) {
  return area_of_lesions(cases, Lesions::alike, true);
}

RankArea wafroc_area(const FreeResponse& cases) {
  return area_of_lesions(cases, Lesions::weighted, false);
}

RankArea wafroc1_area(const FreeResponse& cases) {
  return area_of_lesions(cases, Lesions::weighted, true);
}

RankArea lroc_area(const FreeResponse& cases) {
  std::vector<RankedItem> items;
  for (const MarkedCase& one : cases) {
    items.push_back({lroc_rating(one), one.diseased(), 1, one.patient});
  }
  return RankArea(std::move(items));
}

}  // namespace mammograft
