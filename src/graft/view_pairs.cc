#include "graft/view_pairs.h"

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "core/error.h"

namespace mammograft {
namespace {

using Key = std::pair<std::string, std::string>;

struct Seen {
  std::optional<size_t> cc, mlo;  // the first of each view
};

void see(Seen& seen, const std::string& view, size_t index) {
  std::optional<size_t>& first = view == "CC" ? seen.cc : seen.mlo;
  if (!first) first = index;
}

bool is_standard(const std::string& view) { return view == "CC" || view == "MLO"; }

}  // namespace

BreastPairs breast_pairs(const Cohort& cohort, const std::vector<size_t>& usable) {
  BreastPairs found;
  std::map<Key, Seen> breasts;
  for (const size_t i : usable) {
    const ImageRecord& image = cohort.images[i];
    if (image.patient_id.empty() || image.laterality.empty() || image.view.empty()) {
      ++found.unknown;
    } else {
      Seen& seen = breasts[{image.patient_id, image.laterality}];
      if (is_standard(image.view)) see(seen, image.view, i);
    }
  }
  std::map<size_t, ViewPair> by_image;
  for (const auto& [unused, seen] : breasts) {
    if (seen.cc && seen.mlo) by_image[*seen.cc] = {*seen.cc, *seen.mlo};
  }
  for (const auto& [unused, pair] : by_image) found.pairs.push_back(pair);
  found.left_out = breasts.size() - found.pairs.size();
  if (found.pairs.empty()) {
    fail(ErrorKind::bad_input,
         "{}: --views both: found no breast with a CC and an MLO image to graft onto among {} "
         "breasts and {} images whose patient, side or view is not known, expected one or more",
         cohort.folder.string(), breasts.size(), found.unknown);
  }
  return found;
}

std::vector<ViewPair> lesion_pairs(const LesionBank& bank) {
  std::map<Key, Seen> known;
  const auto key = [&](size_t i) {
    return Key{bank.lesions[i].patient_id, bank.lesions[i].lesion_id};
  };
  for (size_t i = 0; i < bank.lesions.size(); ++i) {
    const Lesion& lesion = bank.lesions[i];
    if (!lesion.lesion_id.empty() && is_standard(lesion.view)) see(known[key(i)], lesion.view, i);
  }
  std::vector<ViewPair> pairs;
  for (size_t i = 0; i < bank.lesions.size(); ++i) {
    const auto seen = known.find(key(i));
    const bool both = seen != known.end() && seen->second.cc && seen->second.mlo;
    if (!both) pairs.push_back({i, i});
    if (both && i == *seen->second.cc) pairs.push_back({i, *seen->second.mlo});
  }
  return pairs;
}

}  // namespace mammograft
