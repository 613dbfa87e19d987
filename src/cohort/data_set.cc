#include "cohort/data_set.h"

#include "core/error.h"
#include "core/utf8.h"

namespace mammograft {

std::string data_set_of(const ImageRecord& image) {
  const size_t slash = image.patient_id.find('/');
  return slash == std::string::npos ? "" : image.patient_id.substr(0, slash);
}

void check_data_set_name(const std::string& option, const std::string& name) {
  if (!name.empty() && name.find('/') == std::string::npos && is_utf8(name)) return;
  fail(ErrorKind::usage,
       "{}: found \"{}\", expected a name in UTF-8 without \"/\": it makes patient ids unique",
       option, name);
}

std::set<std::string> data_sets_of(const Cohort& cohort) {
  std::set<std::string> names;
  for (const ImageRecord& image : cohort.images) names.insert(data_set_of(image));
  return names;
}

}  // namespace mammograft
