#include "cohort/fingerprint.h"

#include "cohort/cohort_json.h"
#include "core/files.h"

namespace mammograft {

std::string fingerprint(const Cohort& cohort) {
  std::string text;
  const auto add = [&](const Json& json) {  // names of files may hold any bytes
    text += json.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
  };
  for (const ImageRecord& image : cohort.images) add(image_to_json(image));
  for (const Annotation& annotation : cohort.annotations) add(annotation_to_json(annotation, 0));
  return hash_hex(text);
}

}  // namespace mammograft
