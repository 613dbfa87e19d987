#include "graft/placement_prior.h"

#include "core/error.h"

namespace mammograft {
namespace {

std::vector<BreastPoint> checked(const std::vector<RealMass>& masses, const std::string& where) {
  if (masses.size() < PlacementPrior::kFewest) {
    fail(ErrorKind::bad_input,
         "{}: placement.prior learnt: found {} real masses to learn from, expected {} or more",
         where, masses.size(), PlacementPrior::kFewest);
  }
  std::vector<BreastPoint> points;
  for (const RealMass& mass : masses) points.push_back(mass.at);
  return points;
}

}  // namespace

PlacementPrior::PlacementPrior(const std::vector<RealMass>& masses, const std::string& where)
    : masses_(masses.size()), pooled_(checked(masses, where)) {
  std::map<std::string, std::vector<BreastPoint>> views;
  for (const RealMass& mass : masses) {
    if (!mass.view.empty()) views[mass.view].push_back(mass.at);
  }
  for (const auto& [view, points] : views) {
    if (points.size() < kFewest) continue;
    views_[view] = points.size();
    by_view_.emplace(view, points);
  }
}

double PlacementPrior::density(const std::string& view, BreastPoint at) const {
  const auto own = by_view_.find(view);
  return (own == by_view_.end() ? pooled_ : own->second).at(at);
}

Json PlacementPrior::to_json() const { return {{"masses", masses_}, {"views", views_}}; }

std::unique_ptr<const PlacementPrior> wanted_prior(const PlacementOptions& options,
                                                   const LesionBank& bank,
                                                   const std::string& where) {
  if (options.prior == "uniform") return nullptr;
  return std::make_unique<PlacementPrior>(bank.masses, where);
}

}  // namespace mammograft
