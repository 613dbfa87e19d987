#include "pages/power_section.h"

#include <fmt/format.h>

#include <cmath>

#include "pages/numbers.h"

namespace mammograft {
namespace {

std::string answer(const SetResult& set, const PowerResult& power, double gain) {
  const std::string question = fmt::format("{}: finds {}. A system that finds {} ", set.name,
                                           percent(power.tpr), percent(power.tpr + gain));
  if (power.enough.patients == 0)
    return question + "would not be told apart with a million patients.";
  return question + fmt::format(
                        "is told apart in {} of trials with {} patients with masses, about "
                        "{:.0f} masses.",
                        percent(power.enough.power, 0), power.enough.patients, power.enough.masses);
}

}  // namespace

Section power_section(const EvaluateResult& result) {
  Section section{"Power", {}};
  for (size_t s = 0; s < result.power.size(); ++s)
    section.blocks.push_back(
        Paragraph{answer(result.sets[s], result.power[s], result.options.power_gain)});
  section.blocks.push_back(TableBlock{
      power_table(result),
      fmt::format("Simulated: patients drawn from this result, the better system losing {} of "
                  "the masses found here; paired test by patient, two-sided, 5 %, at 0.5 false "
                  "positives per image, thresholds taken as given.",
                  percent(result.options.power_loss, 0))});
  return section;
}

Table power_table(const EvaluateResult& result) {
  Table table{{{"result", "Result"},
               {"patients", "Patients with masses"},
               {"masses", "Masses", 0},
               {"power", "Power"}},
              {}};
  for (size_t s = 0; s < result.power.size(); ++s)
    for (const PowerPoint& point : result.power[s].points)
      table.rows.push_back(
          {result.sets[s].name, static_cast<int64_t>(point.patients), point.masses, point.power});
  return table;
}

}  // namespace mammograft
