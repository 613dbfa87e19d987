#include "evaluate/froc.h"

#include <numeric>

#include "core/error.h"

namespace mammograft {

int FrocData::images() const {
  return std::accumulate(images_of_patient.begin(), images_of_patient.end(), 0);
}

Froc make_froc(const FrocData& data) {
  Froc froc;
  froc.images = data.images();
  froc.masses = data.masses();
  if (froc.images == 0) {
    fail(ErrorKind::bad_input, "FROC: found no image over which to count false positives");
  }
  const auto add = [&](double threshold, int hits, int alarms) {
    FrocPoint point;
    point.threshold = threshold;
    point.true_positives = hits;
    point.false_positives = alarms;
    point.tpr = froc.masses > 0 ? static_cast<double>(hits) / froc.masses
                                : std::numeric_limits<double>::quiet_NaN();
    point.fppi = static_cast<double>(alarms) / froc.images;
    froc.points.push_back(point);
  };
  add(std::numeric_limits<double>::infinity(), 0, 0);
  int hits = 0, alarms = 0;
  for (size_t i = 0; i < data.events.size(); ++i) {
    (data.events[i].mass >= 0 ? hits : alarms) += 1;
    const bool last_of_tie =
        i + 1 == data.events.size() || data.events[i + 1].score != data.events[i].score;
    if (last_of_tie) add(data.events[i].score, hits, alarms);
  }
  return froc;
}

const FrocPoint& point_at(const Froc& froc, double fppi) {
  const FrocPoint* best = &froc.points.front();
  for (const FrocPoint& point : froc.points) {
    if (point.fppi > fppi) break;  // FPPI only grows along the points
    if (point.true_positives > best->true_positives) best = &point;
  }
  return *best;
}

double tpr_at(const Froc& froc, double fppi) { return point_at(froc, fppi).tpr; }

std::vector<char> found_at(const FrocData& data, double threshold) {
  std::vector<char> found(data.patient_of_mass.size(), 0);
  for (const FrocEvent& event : data.events) {
    if (event.score < threshold) break;
    if (event.mass >= 0) found[event.mass] = 1;
  }
  return found;
}

}  // namespace mammograft
