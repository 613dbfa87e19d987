#include "cohort/fingerprint.h"

#include "core/error.h"
#include "core/files.h"

namespace mammograft {

std::string fingerprint(const Cohort& cohort) {
  std::string text;
  for (const ImageRecord& image : cohort.images) {
    text += fmt::format("{} {} {} {} {}\n", image.file_name, image.patient_id, image.width,
                        image.height, to_string(image.status));
  }
  for (const Annotation& a : cohort.annotations) {
    text += fmt::format("{} {} {} {} {}\n", a.image_id, a.bbox.x0, a.bbox.y0, a.bbox.x1, a.bbox.y1);
  }
  return hash_hex(text);
}

}  // namespace mammograft
