#include "cohort/annotation_index.h"

namespace mammograft {

AnnotationIndex::AnnotationIndex(const Cohort& cohort, bool ignored) {
  for (const Annotation& annotation : cohort.annotations) {
    if (ignored || !annotation.ignore) annotations_[annotation.image_id].push_back(&annotation);
  }
}

Annotations AnnotationIndex::of(int64_t image_id) const {
  const auto found = annotations_.find(image_id);
  return found == annotations_.end() ? Annotations() : Annotations(found->second);
}

}  // namespace mammograft
