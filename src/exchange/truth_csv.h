// A truth as a table: CSV or TSV with named columns, one row a mass.
#pragma once

#include <filesystem>

#include "cohort/cohort.h"
#include "exchange/exchange_options.h"

namespace mammograft {

// Columns are found by exchange/table_columns.h. Needed: image, image_width, image_height (width,
// height where these are not the box's) and the box; `options` says what they cannot. May be there:
// patient, laterality (L, R, left, right), view, spacing (one number, or row and column, mm),
// status, split, category (else all are "mass"), size_mm, ignore (0 or 1). Every other column
// becomes an attribute of the row's mass: a number where it is one, nothing where it is empty.
// A row without a box makes its image known. An image has the status that a row tells; else mass
// with a mass, normal without: who lists an image without a mass says that there is none.
// Ids do not depend on the order of the rows: an image's is its image_id where all are whole
// numbers, else its place among the names in order, as are those of categories; masses are numbered
// by image, box and category. The cohort's folder is the table's.
// Throws io, and bad_input naming file, line and column: rows that tell different things of one
// image, a box that leaves its image by more than 1 px or is empty (with a remark where it fits as
// corners), boxes of which all are fractions of their images.
Cohort read_truth_csv(const std::filesystem::path& path, const TableOptions& options);

}  // namespace mammograft
