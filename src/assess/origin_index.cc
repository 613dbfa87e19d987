#include "assess/origin_index.h"

namespace mammograft {

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

std::optional<MassRef> OriginIndex::lesion(const Provenance::Lesion& lesion) const {
  for (const Entry* entry : entries_of(lesion)) {
    const auto mass = entry->masses.find(lesion.annotation_id);
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
