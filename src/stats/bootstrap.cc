#include "stats/bootstrap.h"

#include <algorithm>

#include "core/error.h"
#include "core/parallel.h"

namespace mammograft {
namespace {

constexpr size_t kJackknifeGroups = 512;

// Values of many statistics for many patients' counts, in blocks on `threads` threads.
// `fill(block, first)`: the counts of lanes first, first + 1, ...
template <typename Fill>
std::vector<std::vector<double>> in_blocks(size_t patients, size_t count, size_t statistics,
                                           const BlockStatistics& values_of, int threads,
                                           const Fill& fill) {
  std::vector<std::vector<double>> values(statistics, std::vector<double>(count));
  const auto blocks = static_cast<int64_t>((count + kLanes - 1) / kLanes);
  parallel_for(blocks, threads, [&](int64_t b) {
    const size_t first = static_cast<size_t>(b) * kLanes;
    const size_t lanes = std::min(kLanes, count - first);
    TimesBlock block(patients);
    fill(block, first, lanes);
    const std::vector<double> found = values_of(block);
    ensure(found.size() == statistics * kLanes, "bootstrap: {} values of a block, expected {}",
           found.size(), statistics * kLanes);
    for (size_t s = 0; s < statistics; ++s)
      for (size_t l = 0; l < lanes; ++l) values[s][first + l] = found[s * kLanes + l];
  });
  return values;
}

}  // namespace

BlockStatistics one_by_one(Statistics statistics) {
  return [statistics = std::move(statistics)](const TimesBlock& block) {
    std::vector<double> values;
    for (size_t l = 0; l < kLanes; ++l) {
      const std::vector<double> of_lane = statistics(block.lane(l));
      if (l == 0) values.resize(of_lane.size() * kLanes);
      ensure(of_lane.size() * kLanes == values.size(),
             "bootstrap: {} statistics of a resample, {} before", of_lane.size(),
             values.size() / kLanes);
      for (size_t s = 0; s < of_lane.size(); ++s) values[s * kLanes + l] = of_lane[s];
    }
    return values;
  };
}

std::vector<Resampled> bootstrap(const PatientResampler& patients,
                                 const BlockStatistics& statistics, const BootstrapOptions& options,
                                 std::string_view stream) {
  check(options);
  const size_t size = patients.sample().size();
  const std::vector<double> of_sample = statistics(TimesBlock(size));
  std::vector<Resampled> result(of_sample.size() / kLanes);
  for (size_t s = 0; s < result.size(); ++s) result[s].value = of_sample[s * kLanes];
  const Rng base(static_cast<uint64_t>(options.seed));
  auto resamples =
      in_blocks(size, static_cast<size_t>(options.resamples), result.size(), statistics,
                options.threads, [&](TimesBlock& block, size_t first, size_t lanes) {
                  Rng rng = base.fork(stream, first / kLanes);
                  for (size_t l = 0; l < lanes; ++l) block.set(l, patients.draw(rng));
                });
  for (size_t s = 0; s < result.size(); ++s) result[s].resamples = std::move(resamples[s]);
  if (options.interval != "bca" || options.resamples == 0) return result;
  auto without = jackknife(size, statistics, kJackknifeGroups, options.threads);
  for (size_t s = 0; s < result.size(); ++s) result[s].jackknife = std::move(without[s]);
  return result;
}

std::vector<Resampled> bootstrap(const PatientResampler& patients, const Statistics& statistics,
                                 const BootstrapOptions& options, std::string_view stream) {
  return bootstrap(patients, one_by_one(statistics), options, stream);
}

std::vector<std::vector<double>> jackknife(size_t patients, const BlockStatistics& statistics,
                                           size_t groups, int threads) {
  groups = std::min(groups, patients);
  const size_t count = statistics(TimesBlock(patients)).size() / kLanes;
  return in_blocks(patients, groups, count, statistics, threads,
                   [&](TimesBlock& block, size_t first, size_t lanes) {
                     for (size_t p = 0; p < patients; ++p) {
                       const size_t group = p % groups;
                       if (group < first || group >= first + lanes) continue;
                       block.set(group - first, static_cast<int>(p), 0);
                     }
                   });
}

}  // namespace mammograft
