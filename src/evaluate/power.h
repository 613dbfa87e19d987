// How many masses would show a gain: simulated from an existing result.
#pragma once

#include <cstdint>
#include <vector>

#include "evaluate/set_result.h"

namespace mammograft {

struct PowerOptions {
  double gain = 0.05;   // by which a better system's TPR lies above this one's
  double loss = 0.05;   // share of the masses found here that it does not find
  double fppi = 0.5;    // operating point (the nearest of the evaluated ones)
  double level = 0.05;  // of the two-sided test
  double wanted = 0.8;  // power
  int trials = 2000;
  int64_t seed = 1;
  int threads = 0;  // 0: all cores; they change no result
};

struct PowerPoint {
  int patients = 0;   // with masses
  double masses = 0;  // theirs, on average
  double power = 0;   // share of trials in which the gain was found
};

struct PowerResult {
  double tpr = 0;                  // of the existing result
  std::vector<PowerPoint> points;  // by rising number
  PowerPoint enough;  // the smallest number that has the wanted power; 0 patients: more
                      // than a million
};

// A trial draws patients with masses from the result, with replacement, and lets the better system
// lose `loss` of the masses that were found there and find as many of the missed ones as the gain
// asks for, each by itself. The test is that of paired differences under exchange of the systems, a
// patient's together: sum of differences over the root of the sum of their squares against the
// normal distribution, which is what the permutation test (stats/permutation.h) comes to at a fixed
// operating point. The two systems' thresholds are taken as given.
//
// Throws usage for a gain that cannot be (more than is missed), or numbers out of range; bad_input
// for a result without masses.
PowerResult simulate_power(const SetResult& set, const PowerOptions& options);

}  // namespace mammograft
