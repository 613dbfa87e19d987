#include "cohort/data_set.h"

namespace mammograft {

std::string data_set_of(const ImageRecord& image) {
  const size_t slash = image.patient_id.find('/');
  return slash == std::string::npos ? "" : image.patient_id.substr(0, slash);
}

std::set<std::string> data_sets_of(const Cohort& cohort) {
  std::set<std::string> names;
  for (const ImageRecord& image : cohort.images) names.insert(data_set_of(image));
  return names;
}

}  // namespace mammograft
