#include "exchange/rjafroc_file.h"

#include <fmt/ranges.h>
#include <xlsxwriter.h>

#include <algorithm>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/files.h"

namespace mammograft {
namespace {

constexpr size_t kRowsOfSheet = LXW_ROW_MAX;  // the header's too
constexpr time_t kCreated = 1577836800;       // 2020-01-01: the same bytes whenever it is written

// One worksheet, filled from the top.
class Sheet {
 public:
  Sheet(lxw_workbook* book, const char* name, const std::vector<std::string>& header)
      : sheet_(workbook_add_worksheet(book, name)) {
    ensure(sheet_ != nullptr, "worksheet {}: not created", name);
    for (const std::string& title : header) add(title);
    end_row();
  }
  void add(const std::string& text) {
    written(worksheet_write_string(sheet_, row_, column_++, text.c_str(), nullptr));
  }
  void add(double number) {
    written(worksheet_write_number(sheet_, row_, column_++, number, nullptr));
  }
  void skip_to(lxw_col_t column) { column_ = column; }
  void end_row() {
    ++row_;
    column_ = 0;
  }

 private:
  void written(lxw_error error) {
    ensure(error == LXW_NO_ERROR, "row {}, column {}: {}", row_, column_, lxw_strerror(error));
  }
  lxw_worksheet* sheet_;
  lxw_row_t row_ = 0;
  lxw_col_t column_ = 0;
};

// "01-name" .. "12-name".
std::vector<std::string> numbered_ids(const std::vector<std::string>& names) {
  const size_t width = std::to_string(names.size()).size();
  std::vector<std::string> ids;
  for (const std::string& name : names) {
    ids.push_back(fmt::format("{:0{}}-{}", ids.size() + 1, width, study_id(name)));
  }
  return ids;
}

std::string joined(const std::vector<std::string>& ids) {
  return fmt::format("{}", fmt::join(ids, ","));
}

size_t false_marks_of(const FreeResponse& cases) {
  size_t count = 0;
  for (const MarkedCase& one : cases) count += one.false_marks.size();
  return count;
}

size_t marked_lesions_of(const FreeResponse& cases) {
  size_t count = 0;
  for (const MarkedCase& one : cases) {
    for (const MarkedLesion& lesion : one.lesions) count += lesion.rating != kUnmarked;
  }
  return count;
}

void require_rows(const char* sheet, size_t rows, size_t least) {
  if (rows + 1 > kRowsOfSheet) {
    fail(ErrorKind::bad_input, "RJafroc's worksheet {}: found {} rows, a worksheet holds {}", sheet,
         rows, kRowsOfSheet - 1);
  }
  if (rows < least) {
    fail(ErrorKind::bad_input, "RJafroc's worksheet {}: found {} rows, expected at least {}", sheet,
         rows, least);
  }
}

void require_sheets(const ReaderStudy& study) {
  size_t wrong = 0, right = 0, truth = study.normal;
  for (const FreeResponse& cases : study.results) {
    wrong += false_marks_of(cases);
    right += marked_lesions_of(cases);
  }
  for (const MarkedCase& one : study.truth()) truth += one.lesions.size();
  require_rows("FP", wrong, 1);
  require_rows("TP", right, 1);
  require_rows("TRUTH", truth, 2);  // "FROC" and "FCTRL" stand in two rows
}

void note(std::vector<size_t>& seen, size_t number) {
  if (std::find(seen.begin(), seen.end(), number) == seen.end()) seen.push_back(number);
}

void require_order(const std::vector<size_t>& seen, const std::vector<std::string>& names,
                   const char* what) {
  for (size_t i = 0; i < names.size(); ++i) {
    if (i < seen.size() && seen[i] == i) continue;
    fail(
        ErrorKind::bad_input,
        "{} '{}': found too few marks, expected false ones from every modality and reader: RJafroc "
        "names them in the order of their marks, and would take one for another",
        what, names[i]);
  }
}

// RJafroc takes names as they come in FP, sorted by modality and reader, then in TP.
void require_readable_names(const ReaderStudy& study) {
  std::vector<size_t> modalities, readers;
  for (const auto count : {false_marks_of, marked_lesions_of}) {
    for (size_t m = 0; m < study.modalities.size(); ++m) {
      for (size_t r = 0; r < study.readers.size(); ++r) {
        if (count(study.of(m, r)) == 0) continue;
        note(modalities, m);
        note(readers, r);
      }
    }
  }
  require_order(modalities, study.modalities, "modality");
  require_order(readers, study.readers, "reader");
}

struct StudyIds {
  std::vector<std::string> modalities, readers;
};

void add_false_marks(const FreeResponse& cases, const std::string& reader,
                     const std::string& modality, Sheet& sheet) {
  for (size_t k = 0; k < cases.size(); ++k) {
    for (const double mark : cases[k].false_marks) {
      sheet.add(reader);
      sheet.add(modality);
      sheet.add(static_cast<double>(k + 1));
      sheet.add(mark);
      sheet.end_row();
    }
  }
}

void add_lesion_marks(const FreeResponse& cases, const std::string& reader,
                      const std::string& modality, Sheet& sheet) {
  for (size_t k = 0; k < cases.size(); ++k) {
    for (size_t l = 0; l < cases[k].lesions.size(); ++l) {
      if (cases[k].lesions[l].rating == kUnmarked) continue;
      sheet.add(reader);
      sheet.add(modality);
      sheet.add(static_cast<double>(k + 1));
      sheet.add(static_cast<double>(l + 1));
      sheet.add(cases[k].lesions[l].rating);
      sheet.end_row();
    }
  }
}

template <typename AddMarks>
void add_results(const ReaderStudy& study, const StudyIds& ids, AddMarks add_marks, Sheet& sheet) {
  for (size_t m = 0; m < study.modalities.size(); ++m) {
    for (size_t r = 0; r < study.readers.size(); ++r) {
      add_marks(study.of(m, r), ids.readers[r], ids.modalities[m], sheet);
    }
  }
}

class TruthSheet {
 public:
  TruthSheet(lxw_workbook* book, const StudyIds& ids)
      : sheet_(book, "TRUTH",
               {"CaseID", "LesionID", "Weight", "ReaderID", "ModalityID", "Paradigm", "CaseName"}),
        readers_(joined(ids.readers)),
        modalities_(joined(ids.modalities)) {}

  void add(size_t case_number, size_t lesion_number, double weight, const std::string& name) {
    sheet_.add(static_cast<double>(case_number));
    sheet_.add(static_cast<double>(lesion_number));
    sheet_.add(weight);
    sheet_.add(readers_);
    sheet_.add(modalities_);
    if (rows_ < 2) sheet_.add(std::string(rows_ == 0 ? "FROC" : "FCTRL"));  // paradigm, design
    sheet_.skip_to(6);
    sheet_.add(study_id(name));
    sheet_.end_row();
    ++rows_;
  }

 private:
  Sheet sheet_;
  std::string readers_, modalities_;
  size_t rows_ = 0;
};

void add_truth(const FreeResponse& cases, TruthSheet& sheet) {
  for (size_t k = 0; k < cases.size(); ++k) {
    if (!cases[k].diseased()) sheet.add(k + 1, 0, 0, cases[k].name);
    for (size_t l = 0; l < cases[k].lesions.size(); ++l) {
      sheet.add(k + 1, l + 1, cases[k].lesions[l].weight, cases[k].name);
    }
  }
}

void fill_book(const ReaderStudy& study, lxw_workbook* book) {
  const StudyIds ids = {numbered_ids(study.modalities), numbered_ids(study.readers)};
  Sheet wrong(book, "FP", {"ReaderID", "ModalityID", "CaseID", "FP_Rating"});
  add_results(study, ids, add_false_marks, wrong);
  Sheet right(book, "TP", {"ReaderID", "ModalityID", "CaseID", "LesionID", "TP_Rating"});
  add_results(study, ids, add_lesion_marks, right);
  TruthSheet truth(book, ids);
  add_truth(study.truth(), truth);
}

}  // namespace

void write_rjafroc_file(const std::filesystem::path& path, const ReaderStudy& study) {
  require_sheets(study);
  require_readable_names(study);
  AtomicFile file(path);
  std::unique_ptr<lxw_workbook, void (*)(lxw_workbook*)> book(
      workbook_new(file.temporary().c_str()), lxw_workbook_free);
  ensure(book != nullptr, "{}: workbook not created", path.string());
  lxw_doc_properties properties{};
  properties.created = kCreated;
  workbook_set_properties(book.get(), &properties);
  fill_book(study, book.get());
  const lxw_error error = workbook_close(book.release());  // which frees it
  if (error != LXW_NO_ERROR) {
    fail(ErrorKind::io, "{}: cannot write: {}", path.string(), lxw_strerror(error));
  }
  file.commit();
}

}  // namespace mammograft
