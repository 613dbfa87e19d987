#include "evaluate/froc_block.h"

#include <algorithm>
#include <limits>

#include "core/error.h"
#include "core/target_clones.h"

namespace mammograft {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr size_t kNowhere = std::numeric_limits<size_t>::max();

constexpr size_t kAhead = 12;

using Count = int32_t;  // of marks in a resample: eight go into a register of AVX2
constexpr Count kMost = std::numeric_limits<Count>::max();

// The largest number of false positives whose FPPI is <= limit, exactly as point_at() divides.
Count most_alarms(double limit, int64_t images) {
  if (images == 0 || limit * static_cast<double>(images) >= kMost) return kMost;
  auto alarms = static_cast<int64_t>(limit * static_cast<double>(images));
  const auto within = [&](int64_t n) {
    return static_cast<double>(n) / static_cast<double>(images) <= limit;
  };
  while (within(alarms + 1)) ++alarms;
  while (alarms > 0 && !within(alarms)) --alarms;
  return static_cast<Count>(alarms);
}

// sum[l] += how often each of these patients counts. 256 bytes fit into 16 bits. kAhead more
// patients may be looked at: the table of many is larger than the cache next to the processor.
MAMMOGRAFT_CLONES_V3 void add_times(const uint8_t* times, const int* patients, size_t count,
                                    Count* sum) {
  while (count > 0) {
    const size_t part = std::min<size_t>(count, 256);
    uint16_t counted[kLanes] = {};
    for (size_t i = 0; i < part; ++i) {
      __builtin_prefetch(times + static_cast<size_t>(patients[i + kAhead]) * kLanes);
      const uint8_t* of = times + static_cast<size_t>(patients[i]) * kLanes;
      for (size_t l = 0; l < kLanes; ++l) counted[l] = static_cast<uint16_t>(counted[l] + of[l]);
    }
    for (size_t l = 0; l < kLanes; ++l) sum[l] += counted[l];
    patients += part;
    count -= part;
  }
}

MAMMOGRAFT_CLONES_V3 void add_counts(const uint8_t* count, Count* sum) {
  for (size_t l = 0; l < kLanes; ++l) sum[l] += count[l];
}

MAMMOGRAFT_CLONES_V3 bool any_above(const Count* counts, const Count* limits) {
  Count above = 0;
  for (size_t l = 0; l < kLanes; ++l) above |= counts[l] > limits[l];
  return above != 0;
}

// A hit raises the step curve from where it lies to the limit. Returns whether that was anything.
MAMMOGRAFT_CLONES_V3 bool add_area(const uint8_t* count, const Count* alarms, const double* limits,
                                   double* area) {
  double most = 0;
  for (size_t l = 0; l < kLanes; ++l) {
    const double left = std::max(limits[l] - static_cast<double>(alarms[l]), 0.0);
    area[l] += count[l] * left;
    most = std::max(most, left);
  }
  return most > 0;
}

std::vector<int> masses_by_patient(const FrocData& data, const MassGroup* members) {
  std::vector<int> masses(data.images_of_patient.size(), 0);
  for (size_t m = 0; m < data.patient_of_mass.size(); ++m)
    if (members == nullptr || (*members)[m]) ++masses[static_cast<size_t>(data.patient_of_mass[m])];
  return masses;
}

std::vector<size_t> places_in(const std::vector<double>& limits, const std::vector<double>& list) {
  std::vector<size_t> places(limits.size(), kNowhere);
  for (size_t x = 0; x < list.size(); ++x) {
    const auto at = std::lower_bound(limits.begin(), limits.end(), list[x]);
    places[static_cast<size_t>(at - limits.begin())] = x;
  }
  return places;
}

bool ascending(const std::vector<double>& list) {
  return std::adjacent_find(list.begin(), list.end(), std::greater_equal<>()) == list.end();
}

}  // namespace

FrocBlock::FrocBlock(const FrocData& data, FrocPlaces places)
    : places_(std::move(places)), images_of_patient_(data.images_of_patient) {
  ensure(ascending(places_.fppi) && ascending(places_.group_fppi), "FROC: places do not ascend");
  std::merge(places_.fppi.begin(), places_.fppi.end(), places_.group_fppi.begin(),
             places_.group_fppi.end(), std::back_inserter(limits_));
  limits_.erase(std::unique(limits_.begin(), limits_.end()), limits_.end());
  place_of_ = places_in(limits_, places_.fppi);
  group_place_of_ = places_in(limits_, places_.group_fppi);
  masses_of_patient_.push_back(masses_by_patient(data, nullptr));
  std::vector<std::vector<uint32_t>> groups_of_mass(data.patient_of_mass.size());
  for (size_t g = 0; g < places_.groups.size(); ++g) {
    const MassGroup& members = places_.groups[g];
    ensure(members.size() == groups_of_mass.size(), "a group has {} masses, expected {}",
           members.size(), groups_of_mass.size());
    masses_of_patient_.push_back(masses_by_patient(data, &members));
    for (size_t m = 0; m < members.size(); ++m)
      if (members[m]) groups_of_mass[m].push_back(static_cast<uint32_t>(g));
  }
  // Ties enter together: a hit comes after all false positives of its score.
  for (size_t first = 0; first < data.events.size();) {
    size_t end = first;
    for (; end < data.events.size() && data.events[end].score == data.events[first].score; ++end)
      if (data.events[end].mass < 0) alarm_patients_.push_back(data.events[end].patient);
    for (; first < end; ++first) {
      const FrocEvent& event = data.events[first];
      if (event.mass < 0) continue;
      const auto& groups = groups_of_mass[static_cast<size_t>(event.mass)];
      groups_of_hits_.insert(groups_of_hits_.end(), groups.begin(), groups.end());
      hits_.push_back({alarm_patients_.size(), groups_of_hits_.size(), event.patient});
    }
  }
  alarm_patients_.resize(alarm_patients_.size() + kAhead, 0);
}

// Down the scores, with the counts of every lane.
class FrocBlock::Walk {
 public:
  Walk(const FrocBlock& data, const TimesBlock& times)
      : data_(data),
        times_(times),
        images_(times.total(data.images_of_patient_)),
        hits_(data.masses_of_patient_.size()) {
    for (const auto& masses : data.masses_of_patient_) masses_.push_back(times.total(masses));
    for (double limit : data.limits_) {
      most_.emplace_back();
      for (size_t l = 0; l < kLanes; ++l) most_.back()[l] = most_alarms(limit, images_[l]);
    }
    for (size_t l = 0; l < kLanes; ++l) {
      area_limit_[l] = data.places_.area_limit * static_cast<double>(images_[l]);
      next_[l] = limit_at(l, 0);
    }
    Lanes<double> none;
    none.fill(kNone);
    values_.tpr.assign(data.places_.fppi.size(), none);
    values_.group_tpr.assign(data.places_.groups.size(),
                             std::vector<Lanes<double>>(data.places_.group_fppi.size(), none));
  }

  FrocValues run() {
    size_t counted = 0;
    for (const Hit& hit : data_.hits_) {
      add_times(times_.of(0), data_.alarm_patients_.data() + counted, hit.alarms - counted,
                alarms_.data());
      counted = hit.alarms;
      pass_limits();
      add(hit);
    }
    for (size_t l = 0; l < kLanes; ++l)
      while (x_[l] < data_.limits_.size()) record(l);
    for (size_t l = 0; l < kLanes; ++l) {
      const double all = static_cast<double>(masses_[0][l]) * area_limit_[l];
      values_.area[l] = all > 0 ? area_[l] / all : kNone;
    }
    return std::move(values_);
  }

 private:
  Count limit_at(size_t lane, size_t x) const { return x < most_.size() ? most_[x][lane] : kMost; }

  // What these counts of hits are the last for.
  void pass_limits() {
    if (!any_above(alarms_.data(), next_.data())) return;
    for (size_t l = 0; l < kLanes; ++l)
      while (alarms_[l] > next_[l]) record(l);
  }

  void record(size_t l) {
    const size_t x = x_[l]++;
    next_[l] = limit_at(l, x_[l]);
    if (images_[l] == 0) return;
    if (const size_t place = data_.place_of_[x]; place != kNowhere)
      values_.tpr[place][l] = share(0, l);
    const size_t place = data_.group_place_of_[x];
    if (place == kNowhere) return;
    for (size_t g = 0; g < values_.group_tpr.size(); ++g)
      values_.group_tpr[g][place][l] = share(g + 1, l);
  }

  double share(size_t part, size_t l) const {
    if (masses_[part][l] == 0) return kNone;
    return static_cast<double>(hits_[part][l]) / static_cast<double>(masses_[part][l]);
  }

  void add(const Hit& hit) {
    const uint8_t* count = times_.of(hit.patient);
    add_counts(count, hits_[0].data());
    if (area_open_) area_open_ = add_area(count, alarms_.data(), area_limit_.data(), area_.data());
    for (; group_ < hit.groups; ++group_)
      add_counts(count, hits_[data_.groups_of_hits_[group_] + 1].data());
  }

  const FrocBlock& data_;
  const TimesBlock& times_;
  Lanes<int64_t> images_;
  std::vector<Lanes<int64_t>> masses_;  // [all, then groups]
  std::vector<Lanes<Count>> hits_;      // [all, then groups]
  std::vector<Lanes<Count>> most_;      // [limits]
  Lanes<Count> alarms_{}, next_{};
  size_t group_ = 0;       // index in groups_of_hits_
  bool area_open_ = true;  // false once every lane is past the area's limit
  Lanes<size_t> x_{};      // index of the next limit
  Lanes<double> area_{}, area_limit_{};
  FrocValues values_;
};

FrocValues FrocBlock::at(const TimesBlock& times) const {
  ensure(times.patients() >= images_of_patient_.size(), "FROC of {} patients asked for {}",
         images_of_patient_.size(), times.patients());
  return Walk(*this, times).run();
}

}  // namespace mammograft
