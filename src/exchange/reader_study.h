// Results of several systems on the same cases as a study of readers and modalities, the form in
// which statistics packages take them: every reader in every modality.
#pragma once

#include <string>
#include <vector>

#include "evaluate/free_response.h"

namespace mammograft {

// A system is a modality; trainings of it that differ in their seed are readers.
struct StudyResult {
  std::string modality, reader;
  FreeResponse cases;
};

struct ReaderStudy {
  std::vector<std::string> modalities, readers;  // in the order in which they came
  std::vector<FreeResponse> results;             // [modality * readers + reader]
  size_t normal = 0;                             // cases; they stand first in every result

  size_t cases() const { return results.front().size(); }
  size_t diseased() const { return cases() - normal; }
  const FreeResponse& of(size_t modality, size_t reader) const {
    return results[modality * readers.size() + reader];
  }
  // What is true of the cases is the same in all results.
  const FreeResponse& truth() const { return results.front(); }
};

// Sorts the cases: normal ones first, then by name. Throws bad_input, naming the system and the
// case, where results are of other cases, lesions or weights, a case's name comes twice, a reader
// lacks a modality or has it twice, nothing is given, no case is diseased, or a rating is not
// finite.
ReaderStudy make_reader_study(std::vector<StudyResult> results);

// A name as an identifier of packages that split at commas and blanks: bytes other than letters,
// digits and -_.:/+@ of ASCII become %XX.
std::string study_id(const std::string& name);

}  // namespace mammograft
