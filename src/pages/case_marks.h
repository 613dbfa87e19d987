// What is drawn on the picture of a case of an evaluation.
#pragma once

#include <vector>

#include "evaluate/cases.h"
#include "report/gallery.h"
#include "report/html.h"

namespace mammograft {

// The outlines of the image's true masses, then the boxes of the case's detections with their
// scores, in the colour of what became of each.
std::vector<Mark> case_marks(const SetResult& set, const Case& item);

Legend case_legend();  // the colours of case_marks()

}  // namespace mammograft
