#include "cohort/fingerprint.h"

#include "cohort/cohort_json.h"
#include "core/files.h"

namespace mammograft {

std::string fingerprint(const Cohort& cohort) {
  std::string text;
  for (const ImageRecord& image : cohort.images) text += image_to_json(image).dump() + '\n';
  for (const Annotation& annotation : cohort.annotations)
    text += annotation_to_json(annotation, 0).dump() + '\n';
  return hash_hex(text);
}

}  // namespace mammograft
