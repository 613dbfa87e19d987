#include "prepare/vindr.h"

#include <algorithm>
#include <set>

#include "core/log.h"
#include "core/parallel.h"
#include "prepare/listed_source.h"
#include "prepare/vindr_tables.h"

namespace mammograft {
namespace {

namespace fs = std::filesystem;

// Of the release 1.0.0 (Nguyen et al., Scientific Data 10, 277 (2023)).
constexpr int kVindrExams = 5000, kVindrImages = 20000;

void check_vindr_options(const VindrOptions& options) {
  for (const std::string& grade : options.normal_birads) {
    if (grade != "1" && grade != "2")
      fail(ErrorKind::usage, "normal_birads: found \"{}\", expected 1 or 2", grade);
  }
}

void report_vindr_counts(const VindrTables& tables, Json& info) {
  std::set<std::string> exams;
  int64_t masses = 0;
  for (const VindrImage& image : tables.images) {
    exams.insert(image.study);
    masses += std::count_if(image.findings.begin(), image.findings.end(),
                            [](const VindrFinding& finding) { return finding.is_mass(); });
  }
  const bool whole = exams.size() == kVindrExams && tables.images.size() == kVindrImages;
  log_info(fmt::format("VinDr-Mammo: {} images of {} exams, {} masses; the release has {} of {}{}",
                       tables.images.size(), exams.size(), masses, kVindrImages, kVindrExams,
                       whole ? "" : ": this is another number"));
  info["tables"] = {{"images", tables.images.size()},
                    {"exams", exams.size()},
                    {"masses", masses},
                    {"images_of_the_release", kVindrImages},
                    {"exams_of_the_release", kVindrExams}};
}

fs::path find_vindr_file(const fs::path& release, const VindrImage& image) {
  std::error_code unknown;
  for (const char* suffix : {".dicom", ".dcm", ".DCM", ".png", ""}) {
    const fs::path file = release / "images" / image.study / (image.id + suffix);
    if (fs::exists(file, unknown)) return file;
  }
  return {};
}

Status vindr_status(const VindrImage& image, const VindrOptions& options) {
  const auto is_mass = [](const VindrFinding& finding) { return finding.is_mass(); };
  if (std::any_of(image.findings.begin(), image.findings.end(), is_mass)) return Status::mass;
  if (!image.findings.empty()) return Status::other;
  const auto& grades = options.normal_birads;
  const bool normal = std::find(grades.begin(), grades.end(), image.birads) != grades.end();
  return image.in_findings && normal ? Status::normal : Status::unknown;
}

Json vindr_facts(const VindrFinding& finding) {
  Json facts = {{"categories", finding.categories}};
  if (!finding.birads.empty()) facts["birads"] = finding.birads;
  return facts;
}

Json vindr_finding_json(const VindrFinding& finding) {
  Json json = vindr_facts(finding);
  if (const auto& box = finding.box) json["bbox"] = {box->x0, box->y0, box->width(), box->height()};
  return json;
}

Annotation vindr_annotation(const VindrFinding& finding) {
  Annotation annotation;
  annotation.bbox = *finding.box;
  annotation.mask_origin = MaskOrigin::box;
  annotation.attributes = vindr_facts(finding);
  return annotation;
}

SourceImage vindr_source(const VindrImage& image, const fs::path& file, const fs::path& release,
                         const VindrOptions& options) {
  SourceImage source;
  source.file = file;
  ImageRecord& record = source.record;
  record.file_name = cohort_file_name(fs::path(image.study) / (image.id + ".png"));
  record.patient_id = "vindr-mammo/" + image.study;
  record.laterality = image.laterality;
  record.view = image.view;
  record.split = image.split;
  record.status = vindr_status(image, options);
  Json& acquisition = record.acquisition;
  acquisition["source_file"] = file.lexically_relative(release).generic_string();
  if (!image.birads.empty()) acquisition["birads"] = image.birads;
  if (!image.density.empty()) acquisition["breast_density"] = image.density;
  for (const VindrFinding& finding : image.findings) {
    acquisition["findings"].push_back(vindr_finding_json(finding));
    if (finding.is_mass()) source.annotations.push_back(vindr_annotation(finding));
  }
  return source;
}

// What the header of an image's file says. Boxes are in pixels of the table's size.
void describe_vindr(const VindrImage& image, SourceImage& source) {
  describe_listed(source);
  const ImageRecord& record = source.record;
  if (record.width == image.width && record.height == image.height) return;
  fail(ErrorKind::bad_input, "{}: found {} x {} pixels, expected {} x {} as the table says",
       source.file.string(), record.width, record.height, image.width, image.height);
}

std::optional<std::string> reason_of_header(const fs::path& file, const VindrOptions& options) {
  if (!looks_like_dicom(file)) return std::nullopt;
  const auto reason = reason_to_leave_out(DicomFile(file), options.selection);
  return reason ? std::optional(file.string() + " " + *reason) : std::nullopt;
}

// One image of the tables: what becomes of it.
struct VindrPlan {
  const VindrImage* image = nullptr;
  SourceImage source;
  std::string reason;  // to leave it out
};

// Images that are there.
std::vector<VindrPlan> find_vindr_files(const VindrTables& tables, const fs::path& release,
                                        const VindrOptions& options, Json& info) {
  std::vector<VindrPlan> plans;
  for (const VindrImage& image : tables.images) {
    const fs::path file = find_vindr_file(release, image);
    if (!file.empty()) plans.push_back({&image, vindr_source(image, file, release, options), ""});
  }
  const size_t absent = tables.images.size() - plans.size();
  if (plans.empty() && absent > 0) {
    fail(ErrorKind::bad_input,
         "{}: none of the {} images of the tables is there, first {}/{}.dicom",
         (release / "images").string(), absent, tables.images.front().study,
         tables.images.front().id);
  }
  if (absent > 0) {
    log_info(fmt::format("a part of the release: {} of its {} images are not there", absent,
                         tables.images.size()));
    info["images_not_there"] = absent;
  }
  return plans;
}

void read_vindr_header(VindrPlan& plan, const VindrOptions& options) {
  try {
    plan.reason = reason_of_header(plan.source.file, options).value_or("");
    if (plan.reason.empty()) describe_vindr(*plan.image, plan.source);
  } catch (const Error& error) {
    if (!options.keep_going) throw;
    plan.reason = error.what();
  }
}

void add_plans(std::vector<VindrPlan>& plans, Import& import) {
  int64_t id = 0;
  for (VindrPlan& plan : plans) {
    plan.source.record.id = ++id;
    if (plan.reason.empty()) {
      import.images.push_back(std::move(plan.source));
    } else {
      skip(import, plan.source.file.filename().string(), plan.reason);
    }
  }
}

void report_unlisted(const VindrTables& tables) {
  const auto count = std::count_if(tables.images.begin(), tables.images.end(),
                                   [](const VindrImage& image) { return !image.in_findings; });
  if (count == 0) return;
  log_warning(fmt::format(
      "{} images have no row in finding_annotations.csv: whether they are normal is not known",
      count));
}

}  // namespace

Cohort prepare_vindr(const fs::path& release, const fs::path& out, const VindrOptions& options,
                     Progress& progress) {
  check_vindr_options(options);
  const VindrTables tables = read_vindr_tables(release, options.keep_going);
  Import import;
  import.info = {{"description", "VinDr-Mammo (Nguyen et al. 2023)"}, {"importer", "vindr-mammo"}};
  import.categories = {{1, "mass"}};
  for (const auto& [image, reason] : tables.unusable) skip(import, image, reason);
  report_vindr_counts(tables, import.info);
  report_unlisted(tables);
  std::vector<VindrPlan> plans = find_vindr_files(tables, release, options, import.info);
  parallel_for("headers", std::ssize(plans), options.threads, progress,
               [&](int64_t i) { read_vindr_header(plans[static_cast<size_t>(i)], options); });
  add_plans(plans, import);
  return run_import(std::move(import), out, options, progress);
}

}  // namespace mammograft
