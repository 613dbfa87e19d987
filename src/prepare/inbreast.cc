#include "prepare/inbreast.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/first_few.h"
#include "core/log.h"
#include "core/text.h"
#include "prepare/inbreast_findings.h"
#include "prepare/inbreast_layout.h"
#include "prepare/inbreast_table.h"
#include "prepare/source_pixels.h"

namespace mammograft {
namespace {

void check_inbreast_options(const InbreastOptions& options) {
  if (options.mm_per_px >= 0.005 && options.mm_per_px <= 5) return;
  fail(ErrorKind::usage, "mm_per_px: found {}, expected 0.005 to 5", options.mm_per_px);
}

std::set<std::string> names_of_masses(const InbreastOptions& options) {
  std::set<std::string> names = {"mass"};
  for (const std::string& name : options.masses) names.insert(roi_name(name));
  return names;
}

bool is_among(const std::string& birads, const std::vector<std::string>& wanted) {
  return std::any_of(wanted.begin(), wanted.end(), [&](const std::string& text) {
    return lower_case(text) == lower_case(birads);
  });
}

// What is drawn decides; where nothing is, the table does. A BI-RADS of 2 and more with nothing
// drawn tells of a finding, and not of which: no such image can stand for a breast without a mass.
Status inbreast_status(const InbreastFindings& findings, const std::string& birads,
                       const InbreastOptions& options) {
  if (!findings.masses.empty()) return Status::mass;
  if (!findings.counts.empty()) return Status::other;
  return is_among(birads, options.normal_birads) ? Status::normal : Status::unknown;
}

bool is_oblique(const std::string& view) { return view == "MLO" || view == "ML"; }

// The release calls its oblique views ML in the names of its files and MLO in the table.
std::string view_in_release(const InbreastImage& image, const std::string& in_table,
                            const std::string& in_header) {
  const bool oblique = image.view == "ML" && (in_table == "MLO" || in_header == "MLO");
  return oblique ? "MLO" : image.view;
}

void warn_of(const char* what, const std::string& said, const std::string& believed,
             const char* where, ImageRecord& record) {
  if (said.empty() || said == believed || (is_oblique(said) && is_oblique(believed))) return;
  record.acquisition["warnings"].push_back(fmt::format(
      "{} is {} in {}, {} in the file's name: the name is believed", what, said, where, believed));
}

// The names and the table are those of who made the release; headers were rewritten.
void describe_header(const InbreastImage& image, const InbreastRow& row, ImageRecord& record) {
  ImageRecord header;
  describe_source(DicomFile(image.file), header);
  record.width = header.width;
  record.height = header.height;
  record.pixel_spacing_mm = header.pixel_spacing_mm;
  record.acquisition = std::move(header.acquisition);
  record.laterality = image.side;
  record.view = view_in_release(image, row.view, header.view);
  warn_of("the side", header.laterality, record.laterality, "the header", record);
  warn_of("the side", row.side, record.laterality, "the table", record);
  warn_of("the view", header.view, record.view, "the header", record);
  warn_of("the view", row.view, record.view, "the table", record);
}

class InbreastPlanner {
 public:
  InbreastPlanner(const InbreastFiles& files, const InbreastOptions& options)
      : files_(files),
        options_(options),
        mass_names_(names_of_masses(options)),
        rows_(read_inbreast_table(files.table)) {}

  // Adds the image, or lists it as skipped.
  void plan(const InbreastImage& image, Import& import) {
    const InbreastRow row = row_of(image);
    SourceImage source;
    source.file = image.file;
    describe(image, row, source.record);
    source.size_is_read = true;
    const InbreastFindings findings = findings_of(image);
    if (findings.mass_without_size) {
      skip(import, image.file.filename().string(),
           without_size(image, *findings.mass_without_size));
      return;
    }
    add(findings, row, source);
    add_muscle(image, source);
    import.images.push_back(std::move(source));
    cases_.emplace(image.patient, row.date);
  }

  size_t cases() const { return cases_.size(); }
  const std::set<std::string>& unknown_names() const { return unknown_names_; }
  int without_row() const { return without_row_; }

 private:
  InbreastRow row_of(const InbreastImage& image) {
    const auto row = rows_.find(image.id);
    if (row != rows_.end()) return row->second;
    ++without_row_;
    return {};
  }

  void describe(const InbreastImage& image, const InbreastRow& row, ImageRecord& record) const {
    describe_header(image, row, record);
    record.id = image.id;
    record.file_name = cohort_file_name(fmt::format("{}.png", image.id));
    record.patient_id = "inbreast/" + image.patient;
    record.acquisition["source_file"] = image.file.filename().string();
    if (!row.birads.empty()) record.acquisition["birads"] = row.birads;
    if (!row.acr.empty()) record.acquisition["density"] = row.acr;
    if (record.pixel_spacing_mm) return;
    record.pixel_spacing_mm = {options_.mm_per_px, options_.mm_per_px};
    record.acquisition["spacing_from"] = "option mm_per_px";
  }

  InbreastFindings findings_of(const InbreastImage& image) {
    const auto drawn = files_.drawn.find(image.id);
    if (drawn == files_.drawn.end()) return {};
    const std::vector<InbreastRoi> rois = read_inbreast_rois(drawn->second);
    for (const InbreastRoi& roi : rois) {
      if (!is_known_roi(roi.name) && mass_names_.count(roi.name) == 0)
        unknown_names_.insert(roi.name);
    }
    return inbreast_findings(rois, mass_names_);
  }

  std::string without_size(const InbreastImage& image, const Point& point) const {
    return fmt::format(
        "{}: a mass of one or two points at ({:.0f}, {:.0f}), in no outline: its image would show "
        "it as healthy tissue",
        files_.drawn.at(image.id).string(), point.x, point.y);
  }

  void add(const InbreastFindings& findings, const InbreastRow& row, SourceImage& source) const {
    ImageRecord& record = source.record;
    record.status = inbreast_status(findings, row.birads, options_);
    if (record.status != Status::normal && is_among(row.birads, options_.normal_birads)) {
      record.acquisition["warnings"].push_back(
          fmt::format("BI-RADS is {}, but findings are drawn", row.birads));
    }
    if (!findings.counts.empty()) record.acquisition["findings"] = findings.counts;
    source.annotations = findings.masses;
    if (row.birads.empty()) return;
    for (Annotation& mass : source.annotations) mass.attributes["birads"] = row.birads;
  }

  void add_muscle(const InbreastImage& image, SourceImage& source) const {
    const auto drawn = files_.muscles.find(image.id);
    if (drawn == files_.muscles.end()) return;
    const double wall = image.side == "R" ? source.record.width : 0;
    Polygon muscle = read_inbreast_muscle(drawn->second, {wall, 0});
    if (!muscle.empty()) source.pectoral = {std::move(muscle)};
  }

  const InbreastFiles& files_;
  const InbreastOptions& options_;
  const std::set<std::string> mass_names_;
  const std::map<int64_t, InbreastRow> rows_;
  std::set<std::pair<std::string, std::string>> cases_;  // patient, date
  std::set<std::string> unknown_names_;
  int without_row_ = 0;
};

void plan_or_skip(const InbreastImage& image, bool keep_going, InbreastPlanner& planner,
                  Import& import) {
  try {
    planner.plan(image, import);
  } catch (const Error& error) {
    if (!keep_going || !is_of_one_file(error)) throw;
    skip(import, image.file.filename().string(), error.what());
  }
}

void report_oddities(const InbreastPlanner& planner, const InbreastFiles& files,
                     const Import& import) {
  if (planner.without_row() > 0) {
    log_warning(fmt::format("{}: {} images have no row: their BI-RADS is not known",
                            files.table.string(), planner.without_row()));
  }
  const std::set<std::string>& names = planner.unknown_names();
  if (!names.empty()) {
    log_warning(fmt::format("findings called by names that are not known, taken for no masses: {}",
                            first_few({names.begin(), names.end()})));
  }
  std::vector<std::string> contradicting;
  for (const SourceImage& image : import.images) {
    const Json& acquisition = image.record.acquisition;
    if (!acquisition.contains("warnings")) continue;
    contradicting.push_back(
        fmt::format("{} ({})", image.record.id, acquisition["warnings"][0].get<std::string>()));
  }
  if (!contradicting.empty()) {
    log_warning(fmt::format("{} images contradict themselves (acquisition.warnings): {}",
                            contradicting.size(), first_few(contradicting)));
  }
}

// The release by its paper and by the patients in its files' names.
void report_counts(const Import& import, size_t cases) {
  size_t masses = 0, with_masses = 0;
  std::set<std::string> patients;
  for (const SourceImage& image : import.images) {
    masses += image.annotations.size();
    with_masses += image.annotations.empty() ? 0 : 1;
    patients.insert(image.record.patient_id);
  }
  const std::vector<size_t> found = {import.images.size(), cases, patients.size(), masses,
                                     with_masses};
  const bool whole = found == std::vector<size_t>{410, 115, 108, 116, 107};
  log_info(fmt::format(
      "INbreast: {} images (of 410), {} cases (of 115), {} patients (of 108), {} masses (of 116) "
      "in {} images (of 107){}",
      found[0], found[1], found[2], found[3], found[4],
      whole ? "" : "; these differ, which is fine for a part of the release or other options"));
}

}  // namespace

Cohort prepare_inbreast(const std::filesystem::path& release, const std::filesystem::path& out,
                        const InbreastOptions& options, Progress& progress) {
  check_inbreast_options(options);
  const InbreastFiles files = find_inbreast_files(release);
  Import import;
  import.info = {{"description", "INbreast (Moreira et al. 2012)"}, {"importer", "inbreast"}};
  import.categories = {{1, "mass"}};
  InbreastPlanner planner(files, options);
  for (const InbreastImage& image : files.images)
    plan_or_skip(image, options.keep_going, planner, import);
  report_oddities(planner, files, import);
  report_counts(import, planner.cases());
  return run_import(std::move(import), out, options, progress);
}

}  // namespace mammograft
