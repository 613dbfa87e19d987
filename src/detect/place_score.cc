#include "detect/place_score.h"

#include <algorithm>
#include <cmath>

namespace mammograft {
namespace {

constexpr size_t kFeatures = 8;

double logit(double score) {
  constexpr double kLeast = 1e-6;  // a score of 0 or 1 has a place too
  const double p = std::clamp(score, kLeast, 1 - kLeast);
  return std::log(p / (1 - p));
}

}  // namespace

std::vector<double> place_features(double score, BreastPoint at, const std::string& view) {
  const double oblique = view == "MLO" ? 1 : view.empty() ? 0.5 : 0;
  return {logit(score), at.u,    at.v,           at.u * at.u,
          at.v * at.v,  oblique, oblique * at.u, oblique * at.v};
}

double PlaceFit::at(double score, BreastPoint at, const std::string& view) const {
  return 1 / (1 + std::exp(-fit.logit(place_features(score, at, view))));
}

PlaceFit fit_place(const std::vector<PlacedMark>& marks) {
  std::vector<LogisticCase> cases;
  for (const PlacedMark& mark : marks)
    cases.push_back({place_features(mark.score, mark.at, mark.view), mark.positive ? 1.0 : 0.0});
  return {fit_logistic(cases)};
}

Json to_json(const PlaceFit& place) {
  return {{"weights", place.fit.weights}, {"offset", place.fit.offset}};
}

PlaceFit place_fit_from(const JsonView& view) {
  PlaceFit place;
  const JsonView weights = view.at("weights");
  if (weights.size() != kFeatures) weights.reject(fmt::format("{} numbers", kFeatures));
  for (size_t i = 0; i < kFeatures; ++i) place.fit.weights.push_back(weights.at(i).number());
  place.fit.offset = view.number("offset");
  return place;
}

}  // namespace mammograft
