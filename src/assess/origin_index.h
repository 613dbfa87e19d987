// Where the provenance of synthetic images points.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "assess/windows.h"
#include "cohort/cohort.h"

namespace mammograft {

// Images and masses of several cohorts by the names that provenance uses: a cohort's own, or those
// of the cohorts joined (absolute names, annotations renumbered), as `merge` gives them.
class OriginIndex {
 public:
  // Cohorts that were given together and outlive the index. What is added first is found first.
  void add(const std::vector<Cohort>& cohorts);

  // Without an image of that name and patient, or a mass of that id on it: nothing.
  std::optional<MassRef> lesion(const Provenance::Lesion& lesion) const;
  struct Image {
    const Cohort* cohort = nullptr;
    const ImageRecord* image = nullptr;
  };
  std::optional<Image> image(const Provenance::Origin& origin) const;

 private:
  void add_one(const Cohort& cohort);
  struct Entry {
    Image image;
    std::map<int64_t, const Annotation*> masses;
  };
  std::vector<const Entry*> entries_of(const Provenance::Origin& origin) const;
  std::deque<Cohort> merged_;  // owned, of groups of several
  std::multimap<std::string, Entry> by_name_;
};

}  // namespace mammograft
