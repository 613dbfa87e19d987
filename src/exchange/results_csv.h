// Detections as a table: CSV or TSV with named columns, one row a detection.
#pragma once

#include <filesystem>
#include <vector>

#include "cohort/cohort.h"
#include "cohort/detections.h"
#include "exchange/exchange_options.h"

namespace mammograft {

// Columns are found by exchange/table_columns.h: image, score, the box, and a category that may be
// missing. Between the fields stand commas, semicolons or tabs; with semicolons 0,5 is a half. What
// the boxes' numbers are follows from their columns' names, or from options.results.boxes. A row
// without a box says that the image was searched and nothing found there; it gives no detection.
// The order of the file is kept.
// Throws io, and bad_input naming file, line and column: no such column, an image that the truth
// has not or has twice, an unknown category, no number, half a box, and boxes of which all lie
// within the first pixel (fractions that the options do not tell).
std::vector<Detection> read_results_csv(const std::filesystem::path& path, const Cohort& truth,
                                        const ExchangeOptions& options);

}  // namespace mammograft
