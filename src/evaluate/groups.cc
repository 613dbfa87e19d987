#include "evaluate/groups.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "cohort/data_set.h"
#include "core/error.h"

namespace mammograft {
namespace {

// A label with its place among the others: rank first, then the text.
struct Label {
  double rank = 0;
  std::string text;
  bool operator<(const Label& other) const {
    return std::tie(rank, text) < std::tie(other.rank, other.text);
  }
};

constexpr double kLast = 1e300;
const Label kUnknown{kLast, "unknown"};

double conspicuity_rank(const std::string& text) {
  static const std::vector<std::string> order = {
      "obvious", "high",  "clear",          "moderate",       "medium",        "subtle",
      "low",     "faint", "barely visible", "barely_visible", "barely-visible"};
  const auto found = std::find(order.begin(), order.end(), text);
  return static_cast<double>(found - order.begin());
}

Label size_label(const Annotation& mass, const ImageRecord& image,
                 const std::vector<double>& bins) {
  const auto size = mass_size_mm(mass, image);
  if (!size) return kUnknown;
  const auto above = std::upper_bound(bins.begin(), bins.end(), *size);
  const auto rank = static_cast<double>(above - bins.begin());
  if (bins.empty()) return {0, "all sizes"};
  if (above == bins.begin()) return {rank, fmt::format("< {:g} mm", bins.front())};
  if (above == bins.end()) return {rank, fmt::format(">= {:g} mm", bins.back())};
  return {rank, fmt::format("{:g}-{:g} mm", *(above - 1), *above)};
}

Label value_label(const Json& value, const std::string& by) {
  if (value.is_null()) return kUnknown;
  if (value.is_number()) return {value.get<double>(), fmt::format("{:g}", value.get<double>())};
  const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
  if (text.empty()) return kUnknown;
  return {by == "conspicuity" ? conspicuity_rank(text) : 0, text};
}

// What is known of the mass, else of its image.
Label attribute_label(const Annotation& mass, const ImageRecord& image, const std::string& key) {
  for (const Json* facts : {&mass.attributes, &image.acquisition}) {
    if (facts->is_object() && facts->contains(key)) return value_label(facts->at(key), key);
  }
  return kUnknown;
}

// Of the breast: an attribute "density" of the mass would be the mass's own.
Label density_label(const ImageRecord& image) {
  for (const char* key : {"breast_density", "density"})
    if (image.acquisition.contains(key)) return value_label(image.acquisition.at(key), "density");
  return kUnknown;
}

Label label_of(const Annotation& mass, const ImageRecord& image, const std::string& by,
               const std::vector<double>& bins) {
  const auto plain = [](const std::string& text) {
    return text.empty() ? kUnknown : Label{0, text};
  };
  if (by == "size") return size_label(mass, image, bins);
  if (by == "view") return plain(image.view);
  if (by == "laterality") return plain(image.laterality);
  if (by == "mask_origin") return plain(to_string(mass.mask_origin));
  if (by == "density") return density_label(image);
  if (by == "dataset") return plain(data_set_of(image));
  return attribute_label(mass, image, by);
}

std::map<Label, MassGroup> split_by(const Truth& truth, const std::string& by,
                                    const std::vector<double>& bins) {
  std::map<Label, MassGroup> groups;
  for (size_t m = 0; m < truth.masses.size(); ++m) {
    const auto& mass = truth.masses[m];
    MassGroup& members = groups[label_of(*mass.annotation, *truth.images[mass.image], by, bins)];
    members.resize(truth.masses.size(), 0);
    members[m] = 1;
  }
  return groups;
}

}  // namespace

std::optional<double> mass_size_mm(const Annotation& mass, const ImageRecord& image) {
  if (mass.size_mm) return mass.size_mm;
  if (!image.pixel_spacing_mm) return std::nullopt;
  return std::max(mass.bbox.height() * (*image.pixel_spacing_mm)[0],
                  mass.bbox.width() * (*image.pixel_spacing_mm)[1]);
}

std::vector<NamedGroup> mass_groups(const Truth& truth, const std::vector<std::string>& properties,
                                    const std::vector<double>& size_bins_mm) {
  if (std::adjacent_find(size_bins_mm.begin(), size_bins_mm.end(), std::greater_equal<>()) !=
      size_bins_mm.end()) {
    fail(ErrorKind::usage, "size_bins_mm: expected ascending numbers");
  }
  const bool asked = !properties.empty();
  const std::vector<std::string> usual = {"birads", "conspicuity", "dataset",   "density",
                                          "margin", "margins",     "pathology", "shape",
                                          "size",   "subtlety",    "vendor",    "view"};
  std::vector<NamedGroup> result;
  for (const std::string& by : asked ? properties : usual) {
    const auto groups = split_by(truth, by, size_bins_mm);
    const bool known = std::any_of(groups.begin(), groups.end(),
                                   [](const auto& group) { return group.first.rank < kLast; });
    if (!known && !truth.masses.empty() && asked) {
      fail(ErrorKind::bad_input, "groups: no mass of the truth has '{}'", by);
    }
    if (!known || (!asked && groups.size() < 2)) continue;
    for (const auto& [label, members] : groups) result.push_back({by, label.text, members});
  }
  return result;
}

}  // namespace mammograft
