// Where in a breast real masses lie, view by view, learnt from those of a cohort.
//
// Held-out masses are e^0.16 (CC) and e^0.13 (MLO) times as likely under it as under the uniform
// density over the breast (CBIS-DDSM, folds by patient; bench/placement.cc).
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/json.h"
#include "graft/kernel_density.h"
#include "graft/lesion_bank.h"
#include "graft/placement.h"

namespace mammograft {

class PlacementPrior {
 public:
  static constexpr size_t kFewest = 10;  // masses of a view, below which all views are one

  // `where` names the cohort: bad_input where it has fewer than kFewest masses in all.
  PlacementPrior(const std::vector<RealMass>& masses, const std::string& where);

  // Integrates to 1 over the breast's frame. A view without a density of its own, an unknown one
  // too, has that of all masses.
  double density(const std::string& view, BreastPoint at) const;

  // {"masses": all, "views": {"CC": masses, ...}}: the views with a density of their own.
  Json to_json() const;

 private:
  size_t masses_;
  std::map<std::string, size_t> views_;
  KernelDensity pooled_;
  std::map<std::string, KernelDensity> by_view_;
};

// The prior that the options ask for, from the places in `bank`; none where they want it uniform.
std::unique_ptr<const PlacementPrior> wanted_prior(const PlacementOptions& options,
                                                   const LesionBank& bank,
                                                   const std::string& where);

}  // namespace mammograft
