// Free-response ROC: the share of masses found against false positives per image.
// Bunch et al., "A free-response approach to the measurement and characterization of
// radiographic-observer performance", J. Appl. Photogr. Eng. 4 (1978).
#pragma once

#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace mammograft {

// A detection that counts: it finds a mass, or it is a false positive.
struct FrocEvent {
  double score = 0;
  int patient = 0;  // index, 0 .. patients-1
  int mass = -1;    // index of the mass that is found; -1: a false positive
};

// All that a curve and its intervals need. Made by froc_data() in evaluate.h.
struct FrocData {
  std::vector<FrocEvent> events;       // by falling score
  std::vector<int> images_of_patient;  // images over which false positives are counted
  std::vector<int> patient_of_mass;    // [masses]
  int images() const;
  int masses() const { return static_cast<int>(patient_of_mass.size()); }
  int patients() const { return static_cast<int>(images_of_patient.size()); }
};

// What is reached when everything with a score of at least `threshold` is reported.
struct FrocPoint {
  double threshold = std::numeric_limits<double>::infinity();
  int true_positives = 0, false_positives = 0;
  double tpr = 0;   // NaN when there are no masses
  double fppi = 0;  // false positives per image
};

// One point for every distinct score, by falling threshold: ties enter together. The first point is
// "nothing reported", (0, 0). Throws bad_input when there is no image to count over.
struct Froc {
  int images = 0, masses = 0;
  std::vector<FrocPoint> points;
};
Froc make_froc(const FrocData& data);

// The point with the highest TPR whose FPPI is <= x, no interpolation; of several with that TPR the
// one with the highest threshold, which has the fewest false positives. x >= 0.
const FrocPoint& point_at(const Froc& froc, double fppi);
double tpr_at(const Froc& froc, double fppi);

// Masses that some detection with a score of at least `threshold` finds: [masses], 0 or 1.
std::vector<char> found_at(const FrocData& data, double threshold);

}  // namespace mammograft
