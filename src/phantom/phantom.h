// Procedural mammograms: the built-in data. Patients with two breasts, two views each, and masses
// of known place, shape and contrast.
#pragma once

#include <filesystem>
#include <string>

#include "cohort/cohort.h"
#include "core/progress.h"
#include "phantom/phantom_options.h"

namespace mammograft {

// Writes `out`/images/<patient>_<L|R>_<CC|MLO>.png (16-bit greyscale, air exactly 0, chest wall at
// the left of a left breast and at the right of a right one) and then `out`/cohort.json; returns
// that cohort. Files of the same name are replaced; whether `out` may hold a finished cohort is the
// caller's affair (stages/stage.h). The same options give the same bytes whatever `threads` is, and
// patient i does not depend on how many patients follow.
//
// On an image: status, breast_bbox, breast_contour and pectoral_contour (exact), acquisition
// {vendor "phantom", bits, density "a".."d"}. On a mass: its contour as one polygon (mask_origin
// contour), size_mm and the attributes
//   lesion_id    "<patient>/m1", the same in both views
//   shape        round | oval | lobulated | irregular | spiculated
//   margin       circumscribed | obscured | indistinct | spiculated
//   conspicuity  obvious | moderate | subtle: by cnr >= 2.2, >= 1.2, below
//   cnr          mean added attenuation within the contour / standard deviation of the tissue
//   around
//
// Throws usage for options out of range, io when a file cannot be written, cancelled on ctrl-C.
Cohort make_phantom(const std::filesystem::path& out, const PhantomOptions& options,
                    Progress& progress);

// The conspicuity class of a contrast-to-noise ratio.
std::string conspicuity_class(double cnr);

}  // namespace mammograft
