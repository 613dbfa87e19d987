#include "evaluate/figures.h"

#include <fmt/format.h>

#include <algorithm>

#include "evaluate/free_response_area.h"

namespace mammograft {
namespace {

// The false positives per image over which the CPM averages: Niemeijer et al., "On combining
// computer-aided detection systems", IEEE Transactions on Medical Imaging 30 (2011).
const std::vector<double> kCpmFppi = {0.125, 0.25, 0.5, 1, 2, 4, 8};

std::vector<double> united(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> both;
  std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
  return both;
}

std::vector<double> all_places(const FigureOptions& options, const CurvePlaces& curve) {
  return united(united(options.fppi, kCpmFppi), curve.fppi);
}

// Descending specificities are ascending shares of negatives that are called positive.
FrocPlaces roc_places(const std::vector<double>& specificities) {
  FrocPlaces places;
  constexpr double kRounding = 1e-12;  // 1 - 0.9 is a little less than 1 / 10
  for (double specificity : specificities) places.fppi.push_back(1 - specificity + kRounding);
  std::sort(places.fppi.begin(), places.fppi.end());
  return places;
}

std::vector<Unit> case_units(const Reading& reading) {
  if (!reading.breasts_known()) return {Unit::image, Unit::patient};
  return {Unit::image, Unit::breast, Unit::patient};
}

void append(const Lanes<double>& lanes, std::vector<double>& values) {
  values.insert(values.end(), lanes.begin(), lanes.end());
}

Lanes<double> mean_at(const std::vector<double>& wanted, const std::vector<double>& fppi,
                      const std::vector<Lanes<double>>& tpr) {
  Lanes<double> mean{};
  for (double x : wanted) {
    const auto at = std::lower_bound(fppi.begin(), fppi.end(), x) - fppi.begin();
    for (size_t l = 0; l < kLanes; ++l)
      mean[l] += tpr[static_cast<size_t>(at)][l] / static_cast<double>(wanted.size());
  }
  return mean;
}

// Of the marks on a target the first; further ones count neither way.
PrecisionRecall precision_recall(const Reading& reading) {
  std::vector<RecallEvent> events;
  std::vector<char> found(reading.targets.size(), 0);
  for (const Reading::Mark& mark : reading.marks) {
    if (mark.target >= 0 && found[static_cast<size_t>(mark.target)]++ > 0) continue;
    const int patient = reading.images[static_cast<size_t>(mark.image)].patient;
    events.push_back({mark.score, patient, mark.target >= 0});
  }
  std::vector<int> positives(static_cast<size_t>(reading.patients), 0);
  for (const Reading::Target& target : reading.targets)
    ++positives[static_cast<size_t>(reading.cases[static_cast<size_t>(target.unit_case)].patient)];
  return PrecisionRecall(std::move(events), std::move(positives));
}

}  // namespace

Figures::Figures(const Reading& reading, FigureOptions options, CurvePlaces curve)
    : options_(std::move(options)),
      curve_(std::move(curve)),
      fppi_(all_places(options_, curve_)),
      froc_(froc_data(reading), {fppi_, options_.fppi, curve_.groups, options_.area_limit}),
      precision_(precision_recall(reading)) {
  for (double x : options_.fppi)
    names_.push_back({fmt::format("tpr_at_{:g}", x), fmt::format("TPR at {:g} FPPI", x)});
  names_.push_back({"cpm", "CPM"});
  names_.push_back({"froc_area", fmt::format("mean TPR up to {:g} FPPI", options_.area_limit)});
  const FreeResponse cases = free_response(reading);
  areas_ = {afroc_area(cases), afroc1_area(cases), wafroc_area(cases), wafroc1_area(cases),
            lroc_area(cases)};
  names_.push_back({"afroc", "AFROC area"});
  names_.push_back({"afroc1", "AFROC1 area"});
  names_.push_back({"wafroc", "wAFROC area"});
  names_.push_back({"wafroc1", "wAFROC1 area"});
  names_.push_back({"lroc", "LROC area"});
  for (Unit unit : case_units(reading)) {
    const std::vector<RankedItem> scores = case_scores(reading, unit);
    cases_.push_back({RankArea(scores), FrocBlock(roc_data(scores, reading.patients),
                                                  roc_places(options_.specificities))});
    const std::string of = to_string(unit);
    names_.push_back({"auc_" + of, "AUC by " + of});
    for (auto s = options_.specificities.rbegin(); s != options_.specificities.rend(); ++s) {
      names_.push_back({fmt::format("sensitivity_{}_at_{:g}", of, *s),
                        fmt::format("Sensitivity by {} at specificity {:g}", of, *s)});
    }
  }
  names_.push_back({"ap", "Average precision"});
}

size_t Figures::size() const {
  return names_.size() + curve_.fppi.size() + curve_.groups.size() * options_.fppi.size();
}

std::vector<double> Figures::at(const TimesBlock& times) const {
  std::vector<double> values;
  values.reserve(size() * kLanes);
  const FrocValues froc = froc_.at(times);
  for (double x : options_.fppi) append(mean_at({x}, fppi_, froc.tpr), values);
  append(mean_at(kCpmFppi, fppi_, froc.tpr), values);
  append(froc.area, values);
  for (const RankArea& area : areas_) append(area.at(times), values);
  for (const CaseFigures& one : cases_) {
    append(one.area.at(times), values);
    for (const Lanes<double>& sensitivity : one.curve.at(times).tpr) append(sensitivity, values);
  }
  append(precision_.at(times), values);
  for (double x : curve_.fppi) append(mean_at({x}, fppi_, froc.tpr), values);
  for (const auto& group : froc.group_tpr)
    for (const Lanes<double>& tpr : group) append(tpr, values);
  return values;
}

}  // namespace mammograft
