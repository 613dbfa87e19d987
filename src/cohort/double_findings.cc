#include "cohort/double_findings.h"

#include <fmt/format.h>

#include "cohort/annotation_index.h"

namespace mammograft {

namespace {

double alikeness(const Annotation& a, const Annotation& b) {
  return a.bbox == b.bbox ? 1 : iou(a.bbox, b.bbox);
}

}  // namespace

std::vector<DoubleFinding> find_double_findings(const Cohort& cohort) {
  const AnnotationIndex index(cohort, /*ignored=*/false);
  std::vector<DoubleFinding> doubles;
  for (const ImageRecord& image : cohort.images) {
    const Annotations findings = index.of(image.id);
    for (size_t i = 0; i < findings.size(); ++i) {
      for (size_t j = i + 1; j < findings.size(); ++j) {
        if (findings[i]->category_id != findings[j]->category_id) continue;
        const double alike = alikeness(*findings[i], *findings[j]);
        if (alike > kDoubleIou) doubles.push_back({findings[i], findings[j], alike});
      }
    }
  }
  return doubles;
}

std::string double_findings_text(const Cohort& cohort) {
  const std::vector<DoubleFinding> doubles = find_double_findings(cohort);
  if (doubles.empty()) return "";
  const DoubleFinding& first = doubles.front();
  return fmt::format(
      "{} lesion{} held twice (boxes that are the same or overlap by an IoU above {}), first on "
      "image {}: annotations {} and {}; both count, and one of them is missed by every detector "
      "that reports it once",
      doubles.size(), doubles.size() == 1 ? " is" : "s are", kDoubleIou,
      cohort.image(first.first->image_id).file_name, first.first->own_id(), first.second->own_id());
}

}  // namespace mammograft
