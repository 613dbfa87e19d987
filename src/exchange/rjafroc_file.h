// RJafroc's Excel format for free-response data, as its DfReadDataFile(..., newExcelFileFormat =
// TRUE) reads it: Chakraborty, "The RJafroc Quick Start Book", chapter "Excel file format of FROC
// data".
#pragma once

#include <filesystem>

#include "exchange/reader_study.h"

namespace mammograft {

// Writes the worksheets FP, TP and TRUTH, atomically; the bytes depend on the study alone. Cases
// are numbered from 1, normal ones first; TRUTH has their names (study_id) in a column behind those
// that RJafroc reads. A modality or reader is called by its number, filled up with zeros, and its
// study_id(), "1-mask-rcnn": RJafroc sorts names, by the language of its machine, but not the
// arrays that they name. What has no mark has no row: RJafroc rates it -infinity. Ratings have 16
// digits.
//
// Throws bad_input for what RJafroc cannot read: names of modalities or readers that it would not
// meet in this order, because one has no false mark (it names them by their marks); no false mark,
// or no mark on a lesion, at all; more rows than a worksheet has (1,048,576). Throws io naming
// `path`, whose suffix should be .xlsx.
void write_rjafroc_file(const std::filesystem::path& path, const ReaderStudy& study);

}  // namespace mammograft
