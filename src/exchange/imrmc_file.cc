#include "exchange/imrmc_file.h"

#include <algorithm>
#include <iterator>

#include "core/error.h"
#include "core/files.h"

namespace mammograft {
namespace {

using Text = std::back_insert_iterator<std::string>;

double highest_mark(const MarkedCase& one) {
  double highest = one.highest_false();
  for (const MarkedLesion& lesion : one.lesions) highest = std::max(highest, lesion.rating);
  return highest;
}

double case_score(const MarkedCase& one) {
  const double highest = highest_mark(one);
  if (highest == kUnmarked) return kScoreOfUnmarked;
  if (!(highest > kScoreOfUnmarked)) {
    fail(ErrorKind::bad_input,
         "case '{}': score: found {}, expected more than {}, which stands for cases without a mark",
         one.name, highest, kScoreOfUnmarked);
  }
  return highest;
}

void require_fit(const ReaderStudy& study) {
  if (study.normal == 0) {
    fail(ErrorKind::bad_input, "iMRMC: found no normal case, expected at least one");
  }
  for (const std::string& reader : study.readers) {
    if (reader != "-1" && reader != "truth") continue;
    fail(ErrorKind::bad_input, "iMRMC: reader '{}': that name marks lines of truth", reader);
  }
}

// A line of the title with "N0:" in it would be taken for a count, whatever the case of its
// letters; so colons become semicolons.
std::string title_line(std::string title) {
  for (char& c : title) {
    if (c == ':') c = ';';
    if (c == '\n' || c == '\r') c = ' ';
  }
  return title;
}

void append_truth(const ReaderStudy& study, Text out) {
  for (const MarkedCase& one : study.truth()) {
    fmt::format_to(out, "-1,{},truth,{}\n", study_id(one.name), one.diseased() ? 1 : 0);
  }
}

void append_result(const ReaderStudy& study, size_t modality, size_t reader, Text out) {
  const std::string in_modality = study_id(study.modalities[modality]);
  const std::string by_reader = study_id(study.readers[reader]);
  for (const MarkedCase& one : study.of(modality, reader)) {
    fmt::format_to(out, "{},{},{},{}\n", by_reader, study_id(one.name), in_modality,
                   case_score(one));
  }
}

}  // namespace

std::string imrmc_text(const ReaderStudy& study, const std::string& title) {
  require_fit(study);
  std::string text;
  const Text out = std::back_inserter(text);
  fmt::format_to(out, "{}\nN0:{}\nN1:{}\nNR:{}\nNM:{}\nBEGIN DATA:\n", title_line(title),
                 study.normal, study.diseased(), study.readers.size(), study.modalities.size());
  append_truth(study, out);
  for (size_t m = 0; m < study.modalities.size(); ++m) {
    for (size_t r = 0; r < study.readers.size(); ++r) append_result(study, m, r, out);
  }
  return text;
}

void write_imrmc_file(const std::filesystem::path& path, const ReaderStudy& study,
                      const std::string& title) {
  write_file(path, imrmc_text(study, title));
}

}  // namespace mammograft
