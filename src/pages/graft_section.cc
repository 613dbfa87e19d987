#include "pages/graft_section.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <opencv2/core.hpp>
#include <optional>
#include <tuple>

#include "core/parallel.h"
#include "image/draw.h"
#include "image/image_io.h"
#include "image/intensity.h"
#include "image/polygon.h"
#include "image/resize.h"
#include "image/rle.h"
#include "pages/measure_section.h"

namespace mammograft {
namespace {

constexpr int kTilePx = 320, kTileColumns = 3;  // as wide as the page's column, at least
constexpr double kMassContext = 2.0;            // sides of the mass's box
constexpr int kSmallestPartPx = 48;
constexpr int kSheetQuality = 92;

// One lesion at one place, and the sets that have it there.
struct GraftRow {
  std::vector<const AssessedSet*> sets;
  std::vector<const AssessedMass*> masses;  // one for each
};

using GraftKey = std::tuple<const Annotation*, const ImageRecord*, int64_t, int64_t>;

// Nothing for masses that were not grafted, or of which it is not known onto what.
std::optional<GraftKey> graft_key(const AssessedMass& mass) {
  const std::optional<Provenance>& made = mass.ref.image->source;
  if (!mass.source || !mass.background || !made || !made->transform) return std::nullopt;
  const auto& center = made->transform->center_px;
  if (!center) return std::nullopt;
  return GraftKey{mass.source->annotation, mass.background->image, (*center)[0], (*center)[1]};
}

std::vector<GraftRow> graft_rows(const Assessment& assessment, int count) {
  std::vector<GraftRow> rows;
  std::map<GraftKey, size_t> row_of;
  for (const AssessedSet& set : assessment.sets) {
    for (const AssessedMass& mass : set.masses) {
      const std::optional<GraftKey> key = graft_key(mass);
      if (!key) continue;
      const auto [found, fresh] = row_of.emplace(*key, rows.size());
      if (fresh) rows.emplace_back();
      GraftRow& row = rows[found->second];
      if (!row.sets.empty() && row.sets.back() == &set) continue;  // of another seed
      row.sets.push_back(&set);
      row.masses.push_back(&mass);
    }
  }
  std::stable_sort(rows.begin(), rows.end(), [](const GraftRow& a, const GraftRow& b) {
    return a.sets.size() > b.sets.size();
  });
  rows.resize(std::min(rows.size(), static_cast<size_t>(count)));
  return rows;
}

// A square around the mass, moved into the image where it would leave it.
cv::Rect part_around(const MassRef& mass) {
  const Box& box = mass.annotation->bbox;
  const int width = mass.image->width, height = mass.image->height;
  const double wanted = kMassContext * std::max(box.width(), box.height());
  const int side =
      std::min({std::max(kSmallestPartPx, static_cast<int>(std::ceil(wanted))), width, height});
  const auto start = [side](double center, int length) {
    return std::clamp(static_cast<int>(std::lround(center - side / 2.0)), 0, length - side);
  };
  return {start(box.center().x, width), start(box.center().y, height), side, side};
}

cv::Mat part_of(const Cohort& cohort, const ImageRecord& image, const cv::Rect& part) {
  return read_pixels(cohort, image)(part).clone();
}

// 255 where a film shows tissue: air would take grey levels from it.
cv::Mat tissue_of(const ImageRecord& image, const cv::Rect& part) {
  if (image.breast_contour.empty()) return cv::Mat(part.size(), CV_8UC1, 255);
  return decode_rle(rasterize(image.breast_contour, image.height, image.width))(part) * 255;
}

// Tiles of `side` pixels of parts of one place, which are stretched alike.
void add_tiles(const std::vector<cv::Mat>& parts, const cv::Mat& tissue,
               const std::vector<std::string>& captions, int side, std::vector<Tile>& tiles) {
  cv::Mat all, where;
  cv::hconcat(parts, all);
  cv::repeat(tissue, 1, static_cast<int>(parts.size()), where);
  const auto [low, high] = intensity_window(all, where, 0.5, 99.8);
  for (size_t i = 0; i < parts.size(); ++i) {
    const cv::Mat shown = resized(parts[i], {side, side}, {.growth = Resampling::Growth::cubic});
    tiles.push_back({to_rgb(shown, low, high), captions[i]});
  }
}

std::string film_text(const ImageRecord& image) {
  std::string text = image.patient_id.empty() ? image.own_name() : image.patient_id;
  if (!image.laterality.empty() || !image.view.empty())
    text += fmt::format(" · {} {}", image.laterality, image.view);
  return text;
}

std::string width_text(const ImageRecord& image, const cv::Rect& part) {
  if (!image.pixel_spacing_mm) return fmt::format("{} px", part.width);
  return fmt::format("{} px, {:.0f} mm", part.width, part.width * (*image.pixel_spacing_mm)[1]);
}

Picture picture_of(const GraftRow& row) {
  const AssessedMass& first = *row.masses.front();
  const MassRef& lesion = *first.source;
  const auto [cohort, background] = *first.background;
  const cv::Rect part = part_around(first.ref);
  std::vector<Tile> tiles;
  const cv::Rect own_part = part_around(lesion);
  const int side = std::max({kTilePx, part.width, own_part.width});
  add_tiles({part_of(*lesion.cohort, *lesion.image, own_part)}, tissue_of(*lesion.image, own_part),
            {"lesion, on its own film"}, side, tiles);
  std::vector<cv::Mat> parts = {part_of(*cohort, *background, part)};
  std::vector<std::string> captions = {"before"};
  for (size_t i = 0; i < row.sets.size(); ++i) {
    const MassRef& graft = row.masses[i]->ref;
    parts.push_back(part_of(*graft.cohort, *graft.image, part));
    captions.push_back(row.sets[i]->name);
  }
  add_tiles(parts, tissue_of(*background, part), captions, side, tiles);
  return {encode_jpeg(montage(tiles, kTileColumns, side, side), kSheetQuality),
          fmt::format("Lesion of {}, onto {}; {} across.", film_text(*lesion.image),
                      film_text(*background), width_text(*background, part)),
          ""};
}

}  // namespace

Section graft_section(const AssessedRun& run, int count) {
  Section section{"Grafts", measure_section(run.assessment, run.options).blocks};
  if (count <= 0) return section;
  const std::vector<GraftRow> rows = graft_rows(run.assessment, count);
  Gallery gallery{"Before and after",
                  "The first that the most sets have at the same place, none left out, at full "
                  "resolution. The lesion has grey levels of its own; the place before and every "
                  "graft share theirs.",
                  std::vector<Picture>(rows.size()),
                  /*wide=*/true};
  parallel_for(std::ssize(rows), run.threads, [&](int64_t i) {
    const auto k = static_cast<size_t>(i);
    gallery.pictures[k] = picture_of(rows[k]);
  });
  section.blocks.push_back(std::move(gallery));
  return section;
}

}  // namespace mammograft
