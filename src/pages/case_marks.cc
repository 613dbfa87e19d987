#include "pages/case_marks.h"

#include <fmt/format.h>

#include "report/color.h"

namespace mammograft {
namespace {

std::vector<Polygon> outline(const Segmentation& segmentation) {
  if (const auto* polygons = std::get_if<std::vector<Polygon>>(&segmentation)) return *polygons;
  if (const auto* rle = std::get_if<Rle>(&segmentation)) return contours(decode_rle(*rle));
  return {};
}

Color color_of(Outcome outcome) {
  if (outcome == Outcome::hit) return colors::hit;
  return outcome == Outcome::false_positive ? colors::alarm : colors::muscle;
}

}  // namespace

std::vector<Mark> case_marks(const SetResult& set, const Case& item) {
  std::vector<Mark> marks;
  const int image = set.truth.index_of.at(item.image_id);
  for (int m : set.truth.masses_of[image]) {
    const Annotation& mass = *set.truth.masses[m].annotation;
    marks.push_back({mass.bbox, outline(mass.segmentation), colors::truth, ""});
  }
  for (size_t i : item.detections) {
    const Detection& detection = set.detections[i];
    const bool too_low = !item.reported && item.detection == static_cast<int>(i);
    marks.push_back({detection.bbox,
                     {},
                     too_low ? colors::miss : color_of(set.matches[i].outcome),
                     fmt::format("{:.2f}", detection.score)});
  }
  return marks;
}

Legend case_legend() {
  return {{{hex(colors::truth), "true mass"},
           {hex(colors::hit), "hit"},
           {hex(colors::alarm), "false positive"},
           {hex(colors::miss), "on a missed mass, its score too low"},
           {hex(colors::muscle), "counts neither way"}}};
}

}  // namespace mammograft
