// What an experiment asks, and what it has found so far: several ways to learn (arms), with so many
// patients and for so long (points), each trained with several seeds.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "evaluate/named_detections.h"

namespace mammograft {

struct StudyArm {
  std::string name;
  std::string method;  // "real": no grafts; else as synthesize calls it
  int grafts = 0;      // synthetic images for a training
  bool fresh = false;  // a new graft for every draw instead, without a number

  bool has_grafts() const { return grafts > 0 || fresh; }
  std::string grafts_words() const;  // "200", "fresh"; "0" without
};

std::string patients_words(int patients);  // "25 patients"; of 0 "all patients"

// What is the same for all arms that are compared.
struct StudyPoint {
  int patients = 0;   // with a mass to learn from, as the plan asks; 0: all
  double length = 0;  // of a training, where the plan has several; else 0
  // Real masses that are learnt from, mean over folds and seeds; NaN: not known.
  double masses = std::numeric_limits<double>::quiet_NaN();
};

// One training of an arm: what its detectors, one for a fold, find in those who are tested.
struct StudyTraining {
  size_t arm = 0, point = 0;  // indices
  int64_t seed = 1;
  std::vector<NamedDetections> files;  // [folds]
};

struct MissingTask {
  std::string what, state, note;  // "detector of blend, fold 1, seed 1", "failed", its last words
};

struct StageCost {
  std::string stage;  // "train detector"
  int done = 0, tasks = 0;
  double seconds = 0;  // of those that are done, together
};

// All that an arm's detectors and detections are made from, as if no other arm had been there: what
// arms share counts for each.
struct ArmCost {
  std::vector<StageCost> stages;
  double seconds() const;
};

struct Study {
  std::vector<StudyArm> arms;
  std::vector<StudyPoint> points;  // by rising number of patients, all of them last, then length
  std::string unit = "steps";      // of the lengths
  std::vector<int64_t> seeds;
  std::vector<StudyTraining> trainings;  // those that are whole: every fold is there
  std::vector<MissingTask> missing;      // empty: everything is there
  std::vector<StageCost> costs;
  std::vector<ArmCost> arm_costs;  // [arms]

  // The arm without grafts ("real") or that of another method: the one that is called so, else the
  // first.
  std::optional<size_t> arm_of(const std::string& method) const;
  bool several_patients() const;  // a learning curve can be drawn
  bool several_lengths() const;
  // "50 patients, 400 steps"; empty where there is one point.
  std::string words(const StudyPoint& point) const;
};

}  // namespace mammograft
