#include "evaluate/assignment.h"

#include <algorithm>
#include <numeric>

#include "core/error.h"

namespace mammograft {
namespace {

double best_overlap(const Overlaps& overlaps, size_t detection) {
  double best = -1;
  for (size_t r = 0; r < overlaps.regions(); ++r) best = std::max(best, overlaps.at(detection, r));
  return best;
}

std::vector<size_t> greedy_order(const Overlaps& overlaps, const std::vector<double>& scores) {
  std::vector<double> best;
  for (size_t d = 0; d < overlaps.detections(); ++d) best.push_back(best_overlap(overlaps, d));
  std::vector<size_t> order(overlaps.detections());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return scores[a] != scores[b] ? scores[a] > scores[b] : best[a] > best[b];
  });
  return order;
}

Assigned greedy_choice(const Overlaps& overlaps, size_t detection, const std::vector<char>& taken) {
  int free = -1, gone = -1;
  for (int r = 0; r < static_cast<int>(overlaps.regions()); ++r) {
    const double overlap = overlaps.at(detection, r);
    if (overlap < 0) continue;
    int& best = taken[r] ? gone : free;
    if (best < 0 || overlap > overlaps.at(detection, best)) best = r;
  }
  if (free >= 0) return {free, false};
  return {gone, gone >= 0};
}

// The best of the regions that are (or are not) `counted`; -1: none reaches the threshold.
int coco_choice(const Overlaps& overlaps, size_t detection, const std::vector<RegionKind>& kinds,
                const std::vector<char>& taken, bool counted, double threshold) {
  int best = -1;
  for (int r = 0; r < static_cast<int>(overlaps.regions()); ++r) {
    if ((kinds[r] == RegionKind::counted) != counted) continue;
    if (taken[r] && kinds[r] != RegionKind::crowd) continue;
    if (overlaps.at(detection, r) < threshold) continue;
    threshold = overlaps.at(detection, r);
    best = r;
  }
  return best;
}

}  // namespace

std::vector<Assigned> assign_greedy(const Overlaps& overlaps, const std::vector<double>& scores) {
  ensure(scores.size() == overlaps.detections(), "{} scores of {} detections", scores.size(),
         overlaps.detections());
  std::vector<char> taken(overlaps.regions(), 0);
  std::vector<Assigned> assigned(overlaps.detections());
  for (size_t detection : greedy_order(overlaps, scores)) {
    assigned[detection] = greedy_choice(overlaps, detection, taken);
    if (assigned[detection].region >= 0) taken[assigned[detection].region] = 1;
  }
  return assigned;
}

std::vector<int> assign_coco(const Overlaps& overlaps, const std::vector<RegionKind>& kinds,
                             double threshold) {
  ensure(kinds.size() == overlaps.regions(), "{} kinds of {} regions", kinds.size(),
         overlaps.regions());
  const double least = std::min(threshold, 1 - 1e-10);  // COCO's own: an IoU of 1 meets 1
  std::vector<char> taken(overlaps.regions(), 0);
  std::vector<int> assigned(overlaps.detections(), -1);
  for (size_t d = 0; d < assigned.size(); ++d) {
    int& region = assigned[d];
    for (bool counted : {true, false}) {
      if (region < 0) region = coco_choice(overlaps, d, kinds, taken, counted, least);
    }
    if (region >= 0) taken[region] = 1;
  }
  return assigned;
}

}  // namespace mammograft
