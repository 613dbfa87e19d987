// Detections as the detectors of the YOLO family write them: a folder with one text file an image,
// one line a detection.
#pragma once

#include <filesystem>
#include <vector>

#include "cohort/cohort.h"
#include "cohort/detections.h"
#include "exchange/category_lookup.h"
#include "exchange/exchange_options.h"

namespace mammograft {

// The lines of one file:
//   class cx cy width height confidence      a box
//   class x y x y x y ... confidence         the outline of a mask, three points or more
// all but class and confidence in fractions of the image. Throws bad_input naming file and line:
// another count of numbers (with the reason where the confidence is missing), fractions beyond 0 to
// 1, an unknown class. Empty lines are passed over.
std::vector<Detection> read_yolo_file(const std::filesystem::path& path, const ImageRecord& image,
                                      const CategoryLookup& categories,
                                      const std::vector<std::string>& class_names);

// All `.txt` of the folder, in the order of their names; each is named as its image, without
// suffix, or with a suffix that the truth's has not. An image without a file has no detection.
// `classes.txt` names the classes, one a line; without it they are the truth's categories by
// ascending id (exchange/category_lookup.h). Names that begin with a dot are passed over. Throws
// io, and bad_input: no such file in the folder, one of no image of the truth or of several, two of
// one image.
std::vector<Detection> read_results_yolo(const std::filesystem::path& folder, const Cohort& truth,
                                         const ExchangeOptions& options);

}  // namespace mammograft
