#include "detect/box_fusion.h"

#include <algorithm>
#include <set>
#include <utility>

namespace mammograft {
namespace {

struct Seen {
  FoundMass mass;
  size_t look = 0;
};

// A mass as several looks saw it, the surest first; no more than one box of each look.
struct Cluster {
  FoundMass mass;  // box: the weighted mean so far; score: the sum
  std::set<size_t> looks;

  void add(Seen seen) {
    if (!looks.insert(seen.look).second) return;  // a weaker box of a look that counts already
    FoundMass& other = seen.mass;
    if (looks.size() == 1) {
      mass = std::move(other);
      return;
    }
    const double sum = mass.score + other.score, share = sum > 0 ? other.score / sum : 0;
    const auto mean = [&](double a, double b) { return a + (b - a) * share; };
    mass.box = {mean(mass.box.x0, other.box.x0), mean(mass.box.y0, other.box.y0),
                mean(mass.box.x1, other.box.x1), mean(mass.box.y1, other.box.y1)};
    mass.score = sum;
    if (!mass.mask) mass.mask = std::move(other.mask);
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
                            const BoxFusionOptions& options) {
  if (looks.size() == 1) return std::move(looks.front());
  std::vector<Seen> all;
  for (size_t look = 0; look < looks.size(); ++look) {
    for (FoundMass& mass : looks[look]) all.push_back({std::move(mass), look});
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Seen& a, const Seen& b) { return a.mass.score > b.mass.score; });
  std::vector<Cluster> clusters;
  for (Seen& seen : all) {
    Cluster* cluster = best_match(clusters, seen.mass, options.iou);
    (cluster ? *cluster : clusters.emplace_back()).add(std::move(seen));
  }
  std::vector<FoundMass> fused;
  for (Cluster& cluster : clusters) {
    cluster.mass.score /= static_cast<double>(looks.size());
    fused.push_back(std::move(cluster.mass));
  }
  std::stable_sort(fused.begin(), fused.end(),
                   [](const FoundMass& a, const FoundMass& b) { return a.score > b.score; });
  return fused;
}

}  // namespace mammograft
