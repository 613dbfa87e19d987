// The input file of iMRMC (github.com/DIDSR/iMRMC), which compares areas under the ROC curve of
// readers and cases by U-statistics: Gallas et al., "A framework for random-effects ROC analysis:
// biases with the bootstrap and other variance estimators", Communications in Statistics - Theory
// and Methods 38 (2009).
#pragma once

#include <filesystem>
#include <string>

#include "exchange/reader_study.h"

namespace mammograft {

// The score of a case without a mark, in this file as in RJafroc: below every mark.
inline constexpr double kScoreOfUnmarked = -2000;

// The text of the file: how many there are (N0, N1, NR, NM), then lines of reader, case, modality
// and score. A case's score is its highest mark, on a lesion or not. Reader -1 states the truth, 0
// or
// 1. Names are written as study_id(); scores as the shortest text that is the same number. Throws
// bad_input where a mark does not lie above kScoreOfUnmarked, no case is normal, or a reader is
// called -1 or truth.
std::string imrmc_text(const ReaderStudy& study, const std::string& title);

// Writes it, atomically. `title`, one line, says what it is of. iMRMC wants the suffix .imrmc.
void write_imrmc_file(const std::filesystem::path& path, const ReaderStudy& study,
                      const std::string& title);

}  // namespace mammograft
