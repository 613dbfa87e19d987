#include "pages/assessment_report.h"

#include <algorithm>

#include "core/files.h"
#include "core/options.h"
#include "pages/assessment_json.h"
#include "pages/assessment_tables.h"
#include "pages/generator.h"
#include "pages/masses_reader.h"
#include "pages/measure_section.h"
#include "pages/told_apart_section.h"
#include "pages/window_gallery.h"

namespace mammograft {

void check(const AssessmentReportOptions& options, const std::vector<std::string>& set_names) {
  const bool known = options.reader.empty() || std::find(set_names.begin(), set_names.end(),
                                                         options.reader) != set_names.end();
  if (!known) fail(ErrorKind::usage, "reader: there is no synthetic set '{}'", options.reader);
  if (options.reader_px < 16 || options.reader_px > 4096) {
    fail(ErrorKind::usage, "reader_px: found {}, expected 16 to 4096", options.reader_px);
  }
  if (options.gallery < 0 || options.reader_count < 0) {
    fail(ErrorKind::usage, "gallery and reader_count: found {} and {}, expected 0 or more",
         options.gallery, options.reader_count);
  }
}

Page assessment_page(const AssessedRun& run, const AssessmentReportOptions& options) {
  Page page{options.title, "", generator(), {}};
  if (run.options.told_apart)
    page.sections.push_back(told_apart_section(run.assessment, run.options));
  page.sections.push_back(measure_section(run.assessment, run.options));
  if (options.gallery > 0) {
    page.sections.push_back(random_windows(run, options.gallery, options.reader_px));
    if (run.options.told_apart) page.sections.push_back(windows_by_score(run, options.reader_px));
  }
  page.sections.push_back(
      {"Configuration", {Collapsed{"options of the assessment", to_json(run.options)}}});
  return page;
}

void write_assessment_report(const AssessedRun& run, const AssessmentReportOptions& options,
                             const std::filesystem::path& out) {
  const Page page = assessment_page(run, options);
  write_csv(out / "assessment.csv", assessment_table(run.assessment));
  write_csv(out / "differences.csv", difference_table(run.assessment));
  write_csv(out / "masses.csv", assessed_mass_table(run.assessment));
  if (options.reader_count > 0) {
    const ReaderOptions reader{options.reader, options.reader_count, options.reader_px};
    write_file(out / "reader.html", render_reader(masses_reader(run, reader)));
  }
  write_file(out / "report.html", render(page));
  write_json(out / "assessment.json", assessment_json(run));
}

}  // namespace mammograft
