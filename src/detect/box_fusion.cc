#include "detect/box_fusion.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace mammograft {
namespace {

bool surer(const FoundMass& a, const FoundMass& b) { return a.score > b.score; }

// A mass as several looks saw it, the surest first.
struct Cluster {
  FoundMass mass;  // box: the weighted mean so far
  double scores = 0;
  size_t members = 0;

  void add(FoundMass seen) {
    scores += seen.score;
    if (members++ == 0) {
      mass = std::move(seen);
      return;
    }
    const double share = scores > 0 ? seen.score / scores : 0;
    const auto mean = [&](double a, double b) { return a + (b - a) * share; };
    Box& box = mass.box;
    box = {mean(box.x0, seen.box.x0), mean(box.y0, seen.box.y0), mean(box.x1, seen.box.x1),
           mean(box.y1, seen.box.y1)};
    if (!mass.mask) mass.mask = std::move(seen.mask);
  }
};

Cluster* best_match(std::vector<Cluster>& clusters, const FoundMass& seen, double least) {
  Cluster* best = nullptr;
  for (Cluster& cluster : clusters) {
    if (cluster.mass.label != seen.label) continue;
    const double overlap = iou(cluster.mass.box, seen.box);
    if (overlap <= least) continue;
    least = overlap;
    best = &cluster;
  }
  return best;
}

}  // namespace

std::vector<FoundMass> fuse(std::vector<std::vector<FoundMass>> looks,
                            const FusionOptions& options) {
  if (looks.size() == 1) return std::move(looks.front());
  std::vector<FoundMass> all;
  for (std::vector<FoundMass>& look : looks) {
    std::move(look.begin(), look.end(), std::back_inserter(all));
  }
  std::stable_sort(all.begin(), all.end(), surer);
  std::vector<Cluster> clusters;
  for (FoundMass& seen : all) {
    Cluster* cluster = best_match(clusters, seen, options.iou);
    (cluster ? *cluster : clusters.emplace_back()).add(std::move(seen));
  }
  std::vector<FoundMass> fused;
  const auto count = static_cast<double>(looks.size());
  for (Cluster& cluster : clusters) {
    // The mean of the scores, times min(members, looks) / looks (equation 6).
    cluster.mass.score = cluster.scores / std::max(static_cast<double>(cluster.members), count);
    fused.push_back(std::move(cluster.mass));
  }
  std::stable_sort(fused.begin(), fused.end(), surer);
  return fused;
}

}  // namespace mammograft
