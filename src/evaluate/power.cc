#include "evaluate/power.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/parallel.h"
#include "core/rng.h"
#include "stats/normal.h"

namespace mammograft {
namespace {

struct PatientsMasses {
  int found = 0, missed = 0;
};

std::vector<PatientsMasses> patients_with_masses(const SetResult& set, double threshold) {
  std::vector<PatientsMasses> patients(static_cast<size_t>(set.reading.patients));
  const std::vector<char> found = found_at(set.data, threshold);
  for (size_t m = 0; m < found.size(); ++m) {
    PatientsMasses& patient = patients[static_cast<size_t>(set.data.patient_of_mass[m])];
    ++(found[m] ? patient.found : patient.missed);
  }
  std::erase_if(patients, [](const PatientsMasses& one) { return one.found + one.missed == 0; });
  return patients;
}

void check_power(const PowerOptions& options, double tpr) {
  if (!(options.gain > 0 && options.gain < 1))
    fail(ErrorKind::usage, "gain: found {}, expected between 0 and 1", options.gain);
  if (!(options.loss >= 0 && options.loss < 1))
    fail(ErrorKind::usage, "loss: found {}, expected from 0 to below 1", options.loss);
  if (!(options.gain + options.loss * tpr <= 1 - tpr)) {
    fail(ErrorKind::usage,
         "gain: found {}, expected at most {:.3f}: the result finds {:.3f} already, of which a "
         "better system would lose {:g}",
         options.gain, std::max(0.0, 1 - tpr - options.loss * tpr), tpr, options.loss);
  }
}

class Simulation {
 public:
  Simulation(std::vector<PatientsMasses> patients, const PowerOptions& options)
      : patients_(std::move(patients)), options_(options) {
    double found = 0;
    for (const PatientsMasses& one : patients_)
      found += one.found, masses_ += one.found + one.missed;
    tpr_ = found / masses_;
    check_power(options_, tpr_);
    regained_ = (options_.gain + options_.loss * tpr_) / (1 - tpr_);
    critical_ = normal_quantile(1 - options_.level / 2);
  }

  double tpr() const { return tpr_; }

  PowerPoint at(int patients) const {
    std::vector<char> shown(static_cast<size_t>(options_.trials));
    const Rng base(static_cast<uint64_t>(options_.seed));
    parallel_for(options_.trials, options_.threads, [&](int64_t t) {
      Rng rng = base.fork("power", static_cast<uint64_t>(t));
      shown[static_cast<size_t>(t)] = shows(rng, patients);
    });
    const double per_patient = masses_ / static_cast<double>(patients_.size());
    return {patients, patients * per_patient,
            static_cast<double>(std::count(shown.begin(), shown.end(), 1)) / options_.trials};
  }

 private:
  // How many more masses of a patient the better system finds.
  int difference(Rng& rng, const PatientsMasses& patient) const {
    int difference = 0;
    for (int i = 0; i < patient.missed; ++i) difference += rng.chance(regained_);
    for (int i = 0; i < patient.found; ++i) difference -= rng.chance(options_.loss);
    return difference;
  }

  bool shows(Rng& rng, int patients) const {
    double sum = 0, squares = 0;
    for (int p = 0; p < patients; ++p) {
      const auto at = static_cast<size_t>(rng.integer(static_cast<int64_t>(patients_.size())));
      const double d = difference(rng, patients_[at]);
      sum += d;
      squares += d * d;
    }
    return sum > critical_ * std::sqrt(squares) && squares > 0;
  }

  std::vector<PatientsMasses> patients_;
  PowerOptions options_;
  double masses_ = 0, tpr_ = 0, regained_ = 0, critical_ = 0;
};

}  // namespace

PowerResult simulate_power(const SetResult& set, const PowerOptions& options) {
  constexpr int kMost = 1'000'000;
  const double threshold = operating_point_near(set, options.fppi).point.threshold;
  std::vector<PatientsMasses> patients = patients_with_masses(set, threshold);
  if (patients.empty()) fail(ErrorKind::bad_input, "{}: no mass to simulate power from", set.name);
  const int present = static_cast<int>(patients.size());
  const Simulation simulation(std::move(patients), options);
  PowerResult result{simulation.tpr(), {simulation.at(present)}, {}};
  // Doubles until it is enough, then halves what lies between.
  int low = 1, high = 16;
  PowerPoint above = simulation.at(high);
  while (above.power < options.wanted && high < kMost) {
    result.points.push_back(above);
    low = high;
    above = simulation.at(high *= 2);
  }
  result.points.push_back(above);
  while (above.power >= options.wanted && high - low > std::max(1, high / 100)) {
    const int middle = (low + high) / 2;
    const PowerPoint point = simulation.at(middle);
    result.points.push_back(point);
    (point.power >= options.wanted ? high : low) = middle;
    if (high == middle) above = point;
  }
  if (above.power >= options.wanted) result.enough = above;
  std::sort(result.points.begin(), result.points.end(),
            [](const PowerPoint& a, const PowerPoint& b) { return a.patients < b.patients; });
  return result;
}

}  // namespace mammograft
