// How often the intervals of `evaluate` hold the truth, and how often its paired test finds a
// difference that is none, on simulated readings: bench_intervals [trials [null trials]].
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>

#include "core/parallel.h"
#include "core/rng.h"
#include "evaluate/figures.h"
#include "stats/permutation.h"

namespace mammograft {
namespace {

const std::vector<std::string> kShown = {"tpr_at_0.5", "cpm",         "wafroc",
                                         "auc_image",  "auc_patient", "ap"};

// What makes a patient's masses and tissue easy or hard, for every reader alike.
struct Patient {
  bool diseased;
  double tissue, mass;
  double views[4];  // of the images: left CC and MLO, right CC and MLO
};

Patient draw_patient(Rng& rng) {
  Patient patient{rng.chance(0.5), rng.normal(), rng.normal(), {}};
  for (double& view : patient.views) view = rng.normal();
  return patient;
}

void add(Reading& reading, double score, int image, int target) {
  reading.marks.push_back({score, image, target});
}

// Four images each; half of the patients have a mass, in both views of the left breast. Scores of a
// mass share its difficulty, false positives the patient's tissue.
Reading read(const std::vector<Patient>& patients, double skill, Rng& rng) {
  Reading reading;
  reading.patients = static_cast<int>(patients.size());
  for (const Patient& patient : patients) {
    const int number = static_cast<int>(reading.images.size()) / 4;
    for (int view = 0; view < 4; ++view) {
      const int image = static_cast<int>(reading.images.size());
      const bool mass = patient.diseased && view < 2;
      reading.images.push_back({number, image, 2 * number + view / 2, mass, true});
      reading.cases.push_back({"", number});
      if (mass) {
        const double score = skill + 0.8 * patient.mass + 0.4 * patient.views[view];
        reading.target_of_mass.push_back(static_cast<int>(reading.targets.size()));
        reading.targets.push_back({image, {reading.target_of_mass.back()}, 1});
        if (rng.chance(0.95))
          add(reading, score + 0.5 * rng.normal(), image, reading.target_of_mass.back());
      }
      const int64_t alarms = rng.poisson(1.5);
      for (int64_t i = 0; i < alarms; ++i)
        add(reading, 0.5 * patient.tissue + rng.normal(), image, -1);
    }
  }
  reading.breasts = 2 * reading.patients;
  std::sort(reading.marks.begin(), reading.marks.end(),
            [](const Reading::Mark& a, const Reading::Mark& b) { return a.score > b.score; });
  return reading;
}

std::vector<Patient> draw_patients(int count, Rng& rng) {
  std::vector<Patient> patients;
  for (int p = 0; p < count; ++p) patients.push_back(draw_patient(rng));
  return patients;
}

std::map<std::string, double> population(double skill) {
  Rng rng(99);
  const Figures figures(read(draw_patients(200000, rng), skill, rng), {});
  const std::vector<double> values = figures.at(TimesBlock(200000));
  std::map<std::string, double> truth;
  for (size_t f = 0; f < figures.names().size(); ++f)
    truth[figures.names()[f].key] = values[f * kLanes];
  return truth;
}

using Shares = std::map<std::string, double>;

void coverage(int patients, int trials, double skill, const std::map<std::string, double>& truth) {
  std::map<std::string, std::map<std::string, double>> held;  // [method][figure]
  BootstrapOptions options;
  options.interval = "bca";  // the jackknife too
  for (int trial = 0; trial < trials; ++trial) {
    Rng rng = Rng(7).fork("trial", static_cast<uint64_t>(trial));
    const Figures figures(read(draw_patients(patients, rng), skill, rng), {});
    options.seed = trial;
    const auto drawn = bootstrap(
        PatientResampler(std::vector<int>(static_cast<size_t>(patients), 0)),
        BlockStatistics([&](const TimesBlock& times) { return figures.at(times); }), options, "s");
    for (size_t f = 0; f < drawn.size(); ++f) {
      const std::string& key = figures.names()[f].key;
      for (const char* method : {"percentile", "bca"}) {
        BootstrapOptions as = options;
        as.interval = method;
        const Interval interval = interval_of(drawn[f], as);
        held[method][key] += interval.low <= truth.at(key) && truth.at(key) <= interval.high;
      }
    }
  }
  for (const auto& [method, shares] : held) {
    std::printf("%d patients, %s:", patients, method.c_str());
    for (const std::string& key : kShown)
      std::printf("  %s %.1f %%", key.c_str(), 100 * shares.at(key) / trials);
    std::printf("\n");
  }
}

// Two readers of one skill on the same patients.
void size_of_test(int patients, int trials, double skill) {
  Shares permutation, bootstrapped;
  for (int trial = 0; trial < trials; ++trial) {
    Rng rng = Rng(8).fork("trial", static_cast<uint64_t>(trial));
    const std::vector<Patient> drawn = draw_patients(patients, rng);
    const Reading first = read(drawn, skill, rng), second = read(drawn, skill, rng);
    const Figures both(joined(first, second), {});
    const auto at = [&](const TimesBlock& times) { return both.at(times); };
    const std::vector<double> p =
        paired_permutation_p(static_cast<size_t>(patients), at, {999, trial}, "s");
    for (size_t f = 0; f < p.size(); ++f) permutation[both.names()[f].key] += p[f] <= 0.05;
    const Figures a(first, {}), b(second, {});
    BootstrapOptions options;
    options.resamples = 999;
    options.seed = trial;
    const auto resampled =
        bootstrap(PatientResampler(std::vector<int>(static_cast<size_t>(patients), 0)),
                  BlockStatistics([&](const TimesBlock& times) {
                    std::vector<double> values = a.at(times);
                    const std::vector<double> other = b.at(times);
                    for (size_t i = 0; i < values.size(); ++i) values[i] -= other[i];
                    return values;
                  }),
                  options, "s");
    for (size_t f = 0; f < p.size(); ++f)
      bootstrapped[both.names()[f].key] += bootstrap_p(resampled[f]) <= 0.05;
  }
  for (const auto& [name, shares] :
       {std::pair{"permutation", permutation}, {"bootstrap", bootstrapped}}) {
    std::printf("%d patients, no difference, %s finds one:", patients, name);
    for (const std::string& key : kShown)
      std::printf("  %s %.1f %%", key.c_str(), 100 * shares.at(key) / trials);
    std::printf("\n");
  }
}

}  // namespace
}  // namespace mammograft

int main(int argc, char** argv) {
  using namespace mammograft;
  const int trials = argc > 1 ? std::atoi(argv[1]) : 1000;
  const int null_trials = argc > 2 ? std::atoi(argv[2]) : 2000;
  const double skill = 1.2;
  const auto truth = population(skill);
  std::printf("the truth:");
  for (const std::string& key : kShown) std::printf("  %s %.3f", key.c_str(), truth.at(key));
  std::printf("\n");
  for (int patients : {50, 200}) coverage(patients, trials, skill, truth);
  for (int patients : {50, 200}) size_of_test(patients, null_trials, skill);
}
