#include "pages/cohort_table.h"

#include <fmt/format.h>

namespace mammograft {
namespace {

std::string counts(const std::map<std::string, int>& by) {
  std::string text;
  for (const auto& [name, count] : by)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, count);
  return text;
}

}  // namespace

Table cohort_table(const CohortSummary& summary) {
  Table table{{{"what", "What"}, {"value", "Value"}}, {}};
  const auto row = [&](const std::string& what, const std::string& value) {
    table.rows.push_back({what, value});
  };
  row("patients", fmt::format("{}, {} with a mass", summary.patients, summary.patients_with_mass));
  row("images", fmt::format("{} ({})", summary.images, counts(summary.by_status)));
  row("views", counts(summary.by_view));
  row("masses", fmt::format("{} ({})", summary.findings, counts(summary.by_mask_origin)));
  if (summary.size_mm.count > 0) {
    row("size of masses, mm", fmt::format("median {:.1f}, {:.1f} to {:.1f}", summary.size_mm.median,
                                          summary.size_mm.min, summary.size_mm.max));
  }
  row("pixel spacing", counts(summary.by_spacing));
  return table;
}

}  // namespace mammograft
