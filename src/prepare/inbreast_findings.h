// What the outlines and points on an image of INbreast become.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cohort/cohort.h"
#include "prepare/inbreast_rois.h"

namespace mammograft {

struct InbreastFindings {
  std::vector<Annotation> masses;          // mask_origin contour; attributes name, outlines
  Json counts = Json::array();             // {"name", "count"} of every name, for `findings`
  std::optional<Point> mass_without_size;  // a mass of one or two points that lies in no outline
};

// Outlines called by one of `mass_names` (roi_name()) that overlap or touch, whatever each is
// called, are one mass: a release draws a core and its spicules, or a mass in two strokes. Its mask
// is their union; those within another one are left out. All else is counted only.
InbreastFindings inbreast_findings(const std::vector<InbreastRoi>& rois,
                                   const std::set<std::string>& mass_names);

}  // namespace mammograft
