#include "evaluate/froc_block.h"

#include <algorithm>
#include <limits>

#include "core/error.h"

namespace mammograft {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr size_t kNowhere = std::numeric_limits<size_t>::max();

// The largest number of false positives whose FPPI is <= limit, exactly as point_at() divides.
int64_t most_alarms(double limit, int64_t images) {
  if (images == 0) return std::numeric_limits<int64_t>::max();
  auto alarms = static_cast<int64_t>(limit * static_cast<double>(images));
  const auto within = [&](int64_t n) {
    return static_cast<double>(n) / static_cast<double>(images) <= limit;
  };
  while (within(alarms + 1)) ++alarms;
  while (alarms > 0 && !within(alarms)) --alarms;
  return alarms;
}

// sum[l] += how often each of these patients counts. 256 bytes fit into 16 bits.
__attribute__((target_clones("arch=x86-64-v3", "default"))) void add_times(const uint8_t* times,
                                                                           const int* patients,
                                                                           size_t count,
                                                                           int64_t* sum) {
  while (count > 0) {
    const size_t part = std::min<size_t>(count, 256);
    uint16_t counted[kLanes] = {};
    for (size_t i = 0; i < part; ++i) {
      const uint8_t* of = times + static_cast<size_t>(patients[i]) * kLanes;
      for (size_t l = 0; l < kLanes; ++l) counted[l] = static_cast<uint16_t>(counted[l] + of[l]);
    }
    for (size_t l = 0; l < kLanes; ++l) sum[l] += counted[l];
    patients += part;
    count -= part;
  }
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
  groups_of_mass_.resize(data.patient_of_mass.size());
  for (size_t g = 0; g < places_.groups.size(); ++g) {
    const MassGroup& members = places_.groups[g];
    ensure(members.size() == groups_of_mass_.size(), "a group has {} masses, expected {}",
           members.size(), groups_of_mass_.size());
    masses_of_patient_.push_back(masses_by_patient(data, &members));
    for (size_t m = 0; m < members.size(); ++m)
      if (members[m]) groups_of_mass_[m].push_back(g);
  }
  // Ties enter together: a hit comes after all false positives of its score.
  for (size_t first = 0; first < data.events.size();) {
    size_t end = first;
    for (; end < data.events.size() && data.events[end].score == data.events[first].score; ++end)
      if (data.events[end].mass < 0) alarm_patients_.push_back(data.events[end].patient);
    for (; first < end; ++first) {
      const FrocEvent& event = data.events[first];
      if (event.mass >= 0) hits_.push_back({alarm_patients_.size(), event.patient, event.mass});
    }
  }
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
  int64_t limit_at(size_t lane, size_t x) const {
    return x < most_.size() ? most_[x][lane] : std::numeric_limits<int64_t>::max();
  }

  // What these counts of hits are the last for.
  void pass_limits() {
    bool any = false;
    for (size_t l = 0; l < kLanes; ++l) any |= alarms_[l] > next_[l];
    if (!any) return;
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
    for (size_t l = 0; l < kLanes; ++l) hits_[0][l] += count[l];
    for (size_t l = 0; l < kLanes; ++l) {
      const double left = area_limit_[l] - static_cast<double>(alarms_[l]);
      area_[l] += count[l] * std::max(left, 0.0);
    }
    for (size_t g : data_.groups_of_mass_[static_cast<size_t>(hit.mass)])
      for (size_t l = 0; l < kLanes; ++l) hits_[g + 1][l] += count[l];
  }

  const FrocBlock& data_;
  const TimesBlock& times_;
  Lanes<int64_t> images_;
  std::vector<Lanes<int64_t>> masses_, hits_;  // [all, then groups]
  std::vector<Lanes<int64_t>> most_;           // [limits]
  Lanes<int64_t> alarms_{}, next_{};
  Lanes<size_t> x_{};  // index of the next limit
  Lanes<double> area_{}, area_limit_{};
  FrocValues values_;
};

FrocValues FrocBlock::at(const TimesBlock& times) const {
  ensure(times.patients() >= images_of_patient_.size(), "FROC of {} patients asked for {}",
         images_of_patient_.size(), times.patients());
  return Walk(*this, times).run();
}

}  // namespace mammograft
