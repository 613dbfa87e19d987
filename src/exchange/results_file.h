// Detections of any system, in whichever of the forms that are read.
#pragma once

#include <filesystem>

#include "cohort/cohort.h"
#include "evaluate/named_detections.h"
#include "exchange/exchange_options.h"

namespace mammograft {

// What lies at `path`, by its content and not by its name: a folder is YOLO's
// (exchange/results_yolo.h), a text that begins with [ or { COCO's results (cohort/detections.h),
// any other a table (exchange/results_csv.h). Beside a file its meta file is read where there is
// one. Of COCO's results an image_id may be a name or, with image_by name, its digits; the boxes
// are [x, y, width, height] unless the options say otherwise.
// Scores outside of 0 to 1 are taken as they are, with a warning that counts them: ranks are all
// that figures of merit need of them. Throws as the readers do.
NamedDetections read_results(const std::filesystem::path& path, const Cohort& truth,
                             const ExchangeOptions& options);

// "" where all scores lie within 0 to 1.
std::string scores_outside(const std::vector<Detection>& detections);

// Whether the first character that is no space, behind a byte order mark, begins JSON.
bool is_json_file(const std::filesystem::path& path);

}  // namespace mammograft
