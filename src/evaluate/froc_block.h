// FROC values of many resamples at once: one walk over the marks serves kLanes resamples.
#pragma once

#include <vector>

#include "evaluate/froc.h"
#include "stats/times_block.h"

namespace mammograft {

// A subset of the masses whose TPR is wanted at the operating points of the whole.
using MassGroup = std::vector<char>;  // [masses], 0 or 1

// What is asked of every resample.
struct FrocPlaces {
  std::vector<double> fppi;        // ascending: where the TPR of all masses is wanted
  std::vector<double> group_fppi;  // ascending: where that of the groups is
  std::vector<MassGroup> groups;
  double area_limit = 1;  // FPPI up to which the area is taken; > 0
};

// [lane] each; NaN in a resample without a mass (of the group), or without an image to count over.
struct FrocValues {
  std::vector<Lanes<double>> tpr;                     // [fppi]
  std::vector<std::vector<Lanes<double>>> group_tpr;  // [group][group_fppi]
  Lanes<double> area;  // of the step curve from 0 to the limit, by the limit: the mean TPR there
};

// A resample only changes how often each patient counts: the marks stay sorted.
class FrocBlock {
 public:
  // `data` as make_froc() takes it; copied.
  FrocBlock(const FrocData& data, FrocPlaces places);

  // TPR at x as point_at() has it: the last count of hits whose FPPI is <= x.
  FrocValues at(const TimesBlock& times) const;

 private:
  struct Hit {
    size_t alarms;  // index of the first false positive that does not come before it
    size_t groups;  // index behind the last of its mass's in groups_of_hits_
    int patient;
  };
  class Walk;

  FrocPlaces places_;
  std::vector<double> limits_;                     // both lists of FPPI, merged, unique
  std::vector<size_t> place_of_, group_place_of_;  // [limits]; kNowhere
  std::vector<int> alarm_patients_;                // of the false positives, by falling score
  std::vector<Hit> hits_;                          // by falling score
  std::vector<int> images_of_patient_;
  std::vector<std::vector<int>> masses_of_patient_;  // [all, then groups][patients]
  std::vector<uint32_t> groups_of_hits_;             // in the order of the hits, as memory likes it
};

}  // namespace mammograft
