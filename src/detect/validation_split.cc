#include "detect/validation_split.h"

#include <cmath>
#include <map>
#include <set>

#include "cohort/patients.h"
#include "core/log.h"
#include "core/rng.h"

namespace mammograft {
namespace {

// A share of the names in a random order.
std::vector<std::string> draw_share(std::vector<std::string> names, double share, Rng rng) {
  rng.shuffle(names);
  names.resize(static_cast<size_t>(std::lround(share * static_cast<double>(names.size()))));
  return names;
}

// Held-out patients; empty where too few of them have a mass.
std::set<std::string> held_out(const Cohort& cohort, const ValidationOptions& options, Rng rng) {
  std::map<std::string, bool> has_mass;
  for (const ImageRecord& image : cohort.images) {
    if (!is_synthetic(image) && !image.patient_id.empty())
      has_mass[image.patient_id] |= image.status == Status::mass;
  }
  std::vector<std::string> with, without;
  for (const auto& [patient, mass] : has_mass) (mass ? with : without).push_back(patient);
  const auto chosen = draw_share(with, options.share, rng.fork("with"));
  if (std::ssize(chosen) < options.least_with_mass) {
    log_info(fmt::format(
        "{} patients with a mass are too few to choose the best state by a share of {:g} of them: "
        "the last one is kept (--validation-share, --validation-least-with-mass)",
        with.size(), options.share));
    return {};
  }
  std::set<std::string> all(chosen.begin(), chosen.end());
  for (std::string& patient : draw_share(without, options.share, rng.fork("without")))
    all.insert(std::move(patient));
  return all;
}

}  // namespace

ValidationSplit split_validation(const Cohort& cohort, const ValidationOptions& options,
                                 uint64_t seed) {
  if (!(options.share >= 0 && options.share < 1)) {
    fail(ErrorKind::usage, "validation.share: found {}, expected 0 or more and less than 1",
         options.share);
  }
  const Rng rng = Rng(seed).fork("validation");
  const std::set<std::string> out =
      options.share > 0 ? held_out(cohort, options, rng) : std::set<std::string>{};
  const auto shows_held_out = [&](const ImageRecord& image) {
    const std::vector<std::string> patients = patients_of(image);
    return std::any_of(patients.begin(), patients.end(),
                       [&](const std::string& patient) { return out.contains(patient); });
  };
  ValidationSplit split;
  split.held_out = out;
  split.training = filter(cohort, [&](const ImageRecord& image) { return !shows_held_out(image); });
  std::vector<int64_t> ids;
  for (const ImageRecord& image : cohort.images) {
    if (!is_synthetic(image) && out.contains(image.patient_id)) ids.push_back(image.id);
  }
  Rng order = rng.fork("images");
  order.shuffle(ids);
  ids.resize(std::min(ids.size(), static_cast<size_t>(options.most_images)));
  const std::set<int64_t> looked_at(ids.begin(), ids.end());
  split.validation =
      filter(cohort, [&](const ImageRecord& image) { return looked_at.contains(image.id); });
  return split;
}

}  // namespace mammograft
