#include "cohort/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "cohort/stored_values.h"
#include "stats/quantile.h"

namespace mammograft {

namespace {

std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }

std::string spacing_text(const ImageRecord& image) {
  if (!image.pixel_spacing_mm) return "-";
  const auto& spacing = *image.pixel_spacing_mm;
  return fmt::format("{:.4g} x {:.4g} mm", spacing[0], spacing[1]);
}

void count_image(const ImageRecord& image, CohortSummary& summary) {
  ++summary.images;
  ++summary.by_status[to_string(image.status)];
  ++summary.by_view[or_dash(image.view)];
  ++summary.by_laterality[or_dash(image.laterality)];
  ++summary.by_split[or_dash(image.split)];
  ++summary.by_spacing[spacing_text(image)];
  ++summary.by_image_size[fmt::format("{} x {}", image.width, image.height)];
  const auto bits = image.acquisition.find("original_bits");
  ++summary.by_original_bits[bits == image.acquisition.end() ? "-" : bits->dump()];
  const std::optional<int> used = recorded_value_bits(image.acquisition, image.file_name);
  ++summary.by_value_bits[used ? std::to_string(*used) : "-"];
}

void count_patients(const Cohort& cohort, CohortSummary& summary) {
  std::set<std::string> all, with_mass;
  for (const ImageRecord& image : cohort.images) {
    if (image.patient_id.empty()) continue;
    all.insert(image.patient_id);
    if (image.status == Status::mass) with_mass.insert(image.patient_id);
  }
  summary.patients = static_cast<int>(all.size());
  summary.patients_with_mass = static_cast<int>(with_mass.size());
}

void count_findings(const Cohort& cohort, CohortSummary& summary) {
  std::map<int64_t, std::string> category;
  for (const Category& item : cohort.categories) category[item.id] = item.name;
  std::vector<double> sizes_mm, longest_px;
  for (const Annotation& annotation : cohort.annotations) {
    if (annotation.ignore) {
      ++summary.ignored;
      continue;
    }
    ++summary.findings;
    ++summary.by_mask_origin[to_string(annotation.mask_origin)];
    ++summary.by_category[category[annotation.category_id]];
    longest_px.push_back(std::max(annotation.bbox.width(), annotation.bbox.height()));
    if (annotation.size_mm) sizes_mm.push_back(*annotation.size_mm);
  }
  summary.size_mm = quantiles_of(std::move(sizes_mm));
  summary.longest_px = quantiles_of(std::move(longest_px));
}

bool uses_fewer_bits(const CohortSummary& summary) {
  return std::any_of(summary.by_value_bits.begin(), summary.by_value_bits.end(),
                     [](const auto& item) { return item.first != "16" && item.first != "-"; });
}

void add_row(std::string& text, const std::string& name, const std::string& value) {
  text += fmt::format("{:<20}{}\n", name, value);
}

std::string counts_text(const std::map<std::string, int>& counts) {
  constexpr size_t kShown = 6;  // a hospital's cohort may have hundreds of image sizes
  std::vector<std::pair<std::string, int>> sorted(counts.begin(), counts.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text;
  for (size_t i = 0; i < std::min(sorted.size(), kShown); ++i) {
    const std::string name = sorted[i].first == "-" ? "not known" : sorted[i].first;
    text += fmt::format("{}{}: {}", i == 0 ? "" : ", ", name, sorted[i].second);
  }
  if (sorted.size() > kShown) text += fmt::format(", and {} more", sorted.size() - kShown);
  return text;
}

std::string quantiles_text(const Quantiles& q) {
  if (q.count == 0) return "not known";
  return fmt::format("{:.1f} | {:.1f} | {:.1f} | {:.1f} | {:.1f}", q.min, q.p25, q.median, q.p75,
                     q.max);
}

Json quantiles_to_json(const Quantiles& q) {
  return {{"count", q.count},   {"min", q.min}, {"p25", q.p25},
          {"median", q.median}, {"p75", q.p75}, {"max", q.max}};
}

Json counts_to_json(const std::map<std::string, int>& counts) {
  Json json = Json::object();
  for (const auto& [name, count] : counts) json[name] = count;
  return json;
}

}  // namespace

Quantiles quantiles_of(std::vector<double> values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  const auto at = [&values](double share) { return quantile_of_sorted(values, share); };
  return {static_cast<int>(values.size()), at(0), at(0.25), at(0.5), at(0.75), at(1)};
}

CohortSummary summarize(const Cohort& cohort) {
  CohortSummary summary;
  for (const ImageRecord& image : cohort.images) count_image(image, summary);
  count_patients(cohort, summary);
  count_findings(cohort, summary);
  const auto skipped = cohort.info.find("skipped");
  if (skipped != cohort.info.end() && skipped->is_array()) {
    summary.images_skipped = static_cast<int>(skipped->size());
  }
  summary.odd = find_oddities(cohort);
  return summary;
}

std::string summary_to_text(const CohortSummary& s) {
  std::string text;
  add_row(text, "patients", fmt::format("{} ({} with a mass)", s.patients, s.patients_with_mass));
  add_row(text, "images", fmt::format("{}", s.images));
  if (s.images_skipped > 0) add_row(text, "  skipped", fmt::format("{}", s.images_skipped));
  add_row(text, "  status", counts_text(s.by_status));
  add_row(text, "  view", counts_text(s.by_view));
  add_row(text, "  side", counts_text(s.by_laterality));
  add_row(text, "  split", counts_text(s.by_split));
  add_row(text, "  size in pixels", counts_text(s.by_image_size));
  add_row(text, "  pixel spacing", counts_text(s.by_spacing));
  add_row(text, "  original bits", counts_text(s.by_original_bits));
  if (uses_fewer_bits(s)) add_row(text, "  bits in use", counts_text(s.by_value_bits));
  add_row(text, "findings", fmt::format("{}", s.findings));
  if (s.ignored > 0) add_row(text, "  to be ignored", fmt::format("{}", s.ignored));
  if (s.findings > 0) {
    add_row(text, "  category", counts_text(s.by_category));
    add_row(text, "  mask from", counts_text(s.by_mask_origin));
    add_row(text, "  size in mm", quantiles_text(s.size_mm));
    add_row(text, "  longer side in px", quantiles_text(s.longest_px));
    add_row(text, "", "(smallest | quarter | median | three quarters | largest)");
  }
  if (s.odd.empty()) add_row(text, "odd", "nothing");
  for (const Oddity& oddity : s.odd) {
    std::string examples;
    for (const std::string& name : oddity.examples) {
      examples += fmt::format("{}{}", examples.empty() ? "" : ", ", name);
    }
    const bool more = oddity.count > static_cast<int>(oddity.examples.size());
    add_row(text, &oddity == &s.odd.front() ? "odd" : "",
            fmt::format("{} {}: {}{}", oddity.count, oddity.what, examples, more ? ", ..." : ""));
  }
  return text;
}

Json summary_to_json(const CohortSummary& s) {
  Json json;
  json["patients"] = s.patients;
  json["patients_with_mass"] = s.patients_with_mass;
  json["images"] = s.images;
  json["images_skipped"] = s.images_skipped;
  json["by_status"] = counts_to_json(s.by_status);
  json["by_view"] = counts_to_json(s.by_view);
  json["by_laterality"] = counts_to_json(s.by_laterality);
  json["by_split"] = counts_to_json(s.by_split);
  json["by_image_size"] = counts_to_json(s.by_image_size);
  json["by_spacing"] = counts_to_json(s.by_spacing);
  json["by_original_bits"] = counts_to_json(s.by_original_bits);
  json["by_value_bits"] = counts_to_json(s.by_value_bits);
  json["findings"] = s.findings;
  json["ignored"] = s.ignored;
  json["by_category"] = counts_to_json(s.by_category);
  json["by_mask_origin"] = counts_to_json(s.by_mask_origin);
  json["size_mm"] = quantiles_to_json(s.size_mm);
  json["longest_px"] = quantiles_to_json(s.longest_px);
  json["odd"] = Json::array();
  for (const Oddity& oddity : s.odd) {
    Json item;
    item["what"] = oddity.what;
    item["count"] = oddity.count;
    item["examples"] = oddity.examples;
    json["odd"].push_back(std::move(item));
  }
  return json;
}

}  // namespace mammograft
