// What a detector said of the scored images, with names turned into indices: figures of merit are
// computed from this alone.
#pragma once

#include <string>
#include <vector>

#include "evaluate/free_response.h"
#include "evaluate/froc.h"
#include "evaluate/matching.h"
#include "stats/rank_area.h"

namespace mammograft {

// What is scored as a whole. image: every annotated mass of every image is to be found. breast: a
// breast with masses is found when one of them is, in either view. patient: the same of patients.
enum class Unit { image, breast, patient };
Unit unit_from(const std::string& name);  // usage for others
std::string to_string(Unit unit);

struct Reading {
  struct Image {
    int patient = 0;
    int unit_case = 0;      // index in cases
    int breast = -1;        // -1: the side is not known
    bool positive = false;  // a mass lies in it
    bool counted = true;    // false positives on it count for the FPPI
  };
  struct Case {
    std::string name;
    int patient = 0;
  };
  // Marks that count neither way are not here.
  struct Mark {
    double score = 0;
    int image = 0;
    int target = -1;  // -1: a false positive
  };
  // What is to be found: a mass, or the masses of a breast or of a patient.
  struct Target {
    int unit_case = 0;
    std::vector<int> masses;  // indices in Truth::masses
    double weight = 1;        // against the others of its case
  };

  int patients = 0, breasts = 0;
  std::vector<Image> images;
  std::vector<Case> cases;
  std::vector<Target> targets;
  std::vector<int> target_of_mass;  // [Truth::masses]
  std::vector<Mark> marks;  // by falling score, of equal ones false positives first; several on a
                            // target that lies in several images

  bool breasts_known() const;  // the side of every image is known
};

// `patient_of`: [truth.images]; `counted`: [truth.images], whether its false positives count.
// Throws bad_input for Unit::breast where an image does not tell its side.
Reading make_reading(const Truth& truth, const std::vector<Detection>& detections,
                     const std::vector<Match>& matches, const std::vector<int>& patient_of,
                     const std::vector<char>& counted, Unit unit);

// The reading with scores that mean the same for every reader: a mark's is how many false positives
// come no later than it, negative. All figures of merit stay: they know order alone.
Reading on_common_scale(Reading reading);

// Both readers' marks on twice the patients: 0 .. n-1 read by the first, n .. 2n-1 by the second
// (stats/permutation.h), on their common scale: what two readers call 0.9 is not the same, and
// exchanged as it is would test whether their scales differ. Venkatraman and Begg, "A
// distribution-free procedure for comparing receiver operating characteristic curves from a paired
// experiment", Biometrika 83 (1996), exchange ranks for this reason. The readings must be of the
// same images and targets.
Reading joined(const Reading& first, const Reading& second);

// Of the marks on a target the highest.
FrocData froc_data(const Reading& reading);

// Weights sum to 1 in each case.
FreeResponse free_response(const Reading& reading);

// Every target weighs as its largest mass's diameter. Throws bad_input naming the image of a mass
// whose size is not known.
void weigh_by_size(const Truth& truth, Reading& reading);

// Cases by their highest mark: images, breasts or patients, whatever the targets are. Positive: a
// mass lies in one of its images. kUnmarked without a mark. Images whose side is not known belong
// to no breast.
std::vector<RankedItem> case_scores(const Reading& reading, Unit unit);

// The same as a curve: every positive case one mass, every negative one image, so that the TPR at
// FPPI x is the sensitivity at specificity 1 - x.
FrocData roc_data(const std::vector<RankedItem>& cases, int patients);

}  // namespace mammograft
