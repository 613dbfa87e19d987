#include "pages/window_gallery.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "core/parallel.h"
#include "core/rng.h"
#include "image/draw.h"
#include "image/image_io.h"
#include "pages/sample.h"

namespace mammograft {
namespace {

constexpr int kTile = 190;  // px
constexpr int kColumns = 3;
constexpr size_t kEnd = 6;  // masses at each end of the scores

// One picture file of several masses; `captions` as many as `chosen`, or none.
std::string montage_of(const AssessedRun& run, const AssessedSet& set,
                       const std::vector<size_t>& chosen, const std::vector<std::string>& captions,
                       int side_px) {
  std::vector<Tile> tiles(chosen.size());
  parallel_for(static_cast<int64_t>(chosen.size()), run.threads, [&](int64_t i) {
    const auto k = static_cast<size_t>(i);
    cv::cvtColor(run.paint(set.masses[chosen[k]].ref, side_px).pixels, tiles[k].rgb,
                 cv::COLOR_GRAY2RGB);
    if (k < captions.size()) tiles[k].caption = captions[k];
  });
  return encode_jpeg(montage(tiles, kColumns, kTile, kTile));
}

// The first masses of an order by score.
Picture end_of(const AssessedRun& run, const AssessedSet& set, std::vector<size_t> order,
               const std::string& caption, int side_px) {
  order.resize(std::min(order.size(), kEnd));
  std::vector<std::string> captions;
  for (size_t i : order) captions.push_back(fmt::format("{:+.1f}", set.masses[i].score));
  return {montage_of(run, set, order, captions, side_px), caption, ""};
}

}  // namespace

Section random_windows(const AssessedRun& run, int count, int side_px) {
  const Rng rng = Rng(run.seed).fork("assess.gallery");
  Gallery gallery{"Drawn at random",
                  "At one scale, unless a mass is larger; grey levels by each picture's middle.",
                  {}};
  for (const AssessedSet* set : all_sets(run.assessment)) {
    const std::vector<size_t> chosen = sample(set->masses.size(), count, rng.fork(set->name));
    gallery.pictures.push_back({montage_of(run, *set, chosen, {}, side_px), set->name, ""});
  }
  return {"Windows", {gallery}};
}

std::vector<size_t> by_score(const AssessedSet& set) {
  std::vector<size_t> order;
  for (size_t i = 0; i < set.masses.size(); ++i) {
    if (!std::isnan(set.masses[i].score)) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return set.masses[a].score < set.masses[b].score; });
  return order;
}

Section windows_by_score(const AssessedRun& run, int side_px) {
  Section section{"By the networks' scores", {}};
  for (const AssessedSet& set : run.assessment.sets) {
    std::vector<size_t> order = by_score(set);
    Gallery gallery{set.name, "", {}};
    gallery.pictures.push_back(end_of(run, set, order, "most like real masses", side_px));
    std::reverse(order.begin(), order.end());
    gallery.pictures.push_back(end_of(run, set, order, "most clearly synthetic", side_px));
    section.blocks.push_back(std::move(gallery));
  }
  return section;
}

}  // namespace mammograft
