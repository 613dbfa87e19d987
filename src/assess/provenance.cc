#include "assess/provenance.h"

#include "core/error.h"

namespace mammograft {
namespace {

std::optional<Provenance::Origin> origin_of(const JsonView& source, const char* key) {
  if (!source.has(key)) return std::nullopt;
  const JsonView view = source.at(key);
  Provenance::Origin origin;
  origin.file_name = view.string("file_name");
  origin.patient_id = view.string_or("patient_id", "");
  if (view.has("annotation_id")) origin.annotation_id = view.integer("annotation_id");
  return origin;
}

}  // namespace

Provenance provenance_of(const Cohort& cohort, const ImageRecord& image) {
  const std::string where = cohort.folder.string() + ": " + image.file_name + ": source";
  if (!image.source.is_object()) {
    fail(ErrorKind::bad_input, "{}: missing, expected the provenance of a synthetic image", where);
  }
  const JsonView source(image.source, where);
  Provenance provenance;
  provenance.method = source.string("method");
  provenance.lesion = origin_of(source, "lesion");
  provenance.background = origin_of(source, "background");
  if (source.has("background_change")) {
    provenance.background_change = source.number("background_change");
  }
  if (source.has("transform") && source.at("transform").has("gain")) {
    provenance.gain = source.at("transform").number("gain");
  }
  if (provenance.lesion && !provenance.lesion->annotation_id) {
    source.at("lesion").integer("annotation_id");  // says what is missing
  }
  return provenance;
}

void OriginIndex::add(const std::vector<Cohort>& cohorts) {
  for (const Cohort& cohort : cohorts) add_one(cohort);
  if (cohorts.size() > 1) add_one(merged_.emplace_back(merge(cohorts)));
}

void OriginIndex::add_one(const Cohort& cohort) {
  std::map<int64_t, Entry*> by_id;
  for (const ImageRecord& image : cohort.images) {
    const auto at = by_name_.emplace(image.file_name, Entry{{&cohort, &image}, {}});
    by_id[image.id] = &at->second;
  }
  for (const Annotation& mass : cohort.annotations)
    by_id.at(mass.image_id)->masses[mass.id] = &mass;
}

std::vector<const OriginIndex::Entry*> OriginIndex::entries_of(
    const Provenance::Origin& origin) const {
  std::vector<const Entry*> entries;
  const auto [first, last] = by_name_.equal_range(origin.file_name);
  for (auto at = first; at != last; ++at) {
    const std::string& patient = at->second.image.image->patient_id;
    if (origin.patient_id.empty() || patient == origin.patient_id) entries.push_back(&at->second);
  }
  return entries;
}

std::optional<MassRef> OriginIndex::lesion(const Provenance::Origin& origin) const {
  for (const Entry* entry : entries_of(origin)) {
    const auto mass = entry->masses.find(origin.annotation_id.value_or(0));
    if (mass != entry->masses.end()) {
      return MassRef{entry->image.cohort, entry->image.image, mass->second};
    }
  }
  return std::nullopt;
}

std::optional<OriginIndex::Image> OriginIndex::image(const Provenance::Origin& origin) const {
  const auto entries = entries_of(origin);
  if (entries.empty()) return std::nullopt;
  return entries.front()->image;
}

}  // namespace mammograft
