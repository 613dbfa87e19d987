#include "assess/assess_input.h"

#include "core/error.h"

namespace mammograft {

std::vector<MassRef> some_masses_of(const Cohort& cohort) {
  std::vector<MassRef> masses = masses_of(cohort);
  if (masses.empty()) {
    fail(ErrorKind::bad_input, "{}: no annotated mass", cohort.folder.string());
  }
  return masses;
}

const Provenance& provenance_of(const Cohort& cohort, const ImageRecord& image) {
  if (!image.source) {
    fail(ErrorKind::bad_input,
         "{}: {}: source: missing, expected the provenance of a synthetic image",
         cohort.folder.string(), image.file_name);
  }
  return *image.source;
}

std::string set_name(const SyntheticSet& set) {
  if (!set.name.empty()) return set.name;
  return provenance_of(set.cohort, *some_masses_of(set.cohort).front().image).method;
}

}  // namespace mammograft
