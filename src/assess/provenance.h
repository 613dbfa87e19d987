// What a synthetic image says of its own making (`source`, docs/formats.md), and where it points.
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

struct Provenance {
  struct Origin {
    std::string file_name, patient_id;
    std::optional<int64_t> annotation_id;  // of a lesion
  };
  std::string method;
  std::optional<Origin> lesion, background;  // none: made from nothing that can be named
  std::optional<double> background_change;   // before compositing, share of full scale
  double gain = 1;  // of the lesion's grey levels on their way to the background's
};

// Throws bad_input naming cohort, image and key when there is none or a key is wrong.
Provenance provenance_of(const Cohort& cohort, const ImageRecord& image);

// Images and masses of several cohorts by the names that provenance uses: a cohort's own, or those
// of the cohorts joined (absolute names, annotations renumbered), as `merge` gives them.
class OriginIndex {
 public:
  // Cohorts that were given together and outlive the index. What is added first is found first.
  void add(const std::vector<Cohort>& cohorts);

  // Without an image of that name and patient, or a mass of that id on it: nothing.
  std::optional<MassRef> lesion(const Provenance::Origin& origin) const;
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
