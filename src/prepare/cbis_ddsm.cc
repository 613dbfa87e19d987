#include "prepare/cbis_ddsm.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/first_few.h"
#include "core/log.h"
#include "core/parallel.h"
#include "image/image_files.h"
#include "prepare/cbis_cases.h"
#include "prepare/cbis_film.h"
#include "prepare/cbis_mask.h"
#include "prepare/listed_source.h"

namespace mammograft {
namespace {

namespace fs = std::filesystem;

void report_cbis_tables(const CbisCases& cases, Json& info) {
  for (const CbisTable& table : cases.tables) {
    const bool whole = table.findings == table.known_findings;
    log_info(fmt::format("CBIS-DDSM, {}: {} findings of {} patients; the release has {} of {}{}",
                         table.name, table.findings, table.patients, table.known_findings,
                         table.known_patients, whole ? "" : ": this is another number"));
    info["tables"].push_back({{"name", table.name},
                              {"findings", table.findings},
                              {"patients", table.patients},
                              {"findings_of_the_release", table.known_findings},
                              {"patients_of_the_release", table.known_patients}});
  }
}

void report_patients_in_both(const std::vector<CbisFinding>& findings, Json& info) {
  std::map<std::string, std::set<std::string>> splits;
  for (const CbisFinding& finding : findings) splits[finding.patient].insert(finding.split);
  std::vector<std::string> both;
  for (const auto& [patient, of_patient] : splits) {
    if (of_patient.size() > 1) both.push_back(patient);
  }
  if (both.empty()) return;
  log_warning(fmt::format("{} patients are in train and in test, by different tables: {}",
                          both.size(), first_few(both)));
  info["patients_in_both_splits"] = both;
}

void describe_film(const CbisFilm& film, const fs::path& release, const CbisDdsmOptions& options,
                   ImageRecord& record) {
  const CbisFinding& first = *film.findings.front();  // of the masses, if there are any
  record.file_name = cohort_file_name(film.name + ".png");
  record.patient_id = "cbis-ddsm/" + first.patient;
  record.laterality = first.side.substr(0, 1);
  record.view = first.view;
  record.split = first.split;
  record.status = first.is_mass ? Status::mass : Status::other;
  Json& acquisition = record.acquisition;
  acquisition["source_file"] = film.file->path.lexically_relative(release).generic_string();
  if (!first.density.empty()) acquisition["breast_density"] = first.density;
  for (const CbisFinding* finding : film.findings)
    acquisition["findings"].push_back(finding->facts);
  if (!options.mm_per_px.empty()) {
    record.pixel_spacing_mm = {options.mm_per_px.front(), options.mm_per_px.back()};
    acquisition["spacing_from"] = "--mm-per-px";
  }
}

Annotation cbis_annotation(const CbisFinding& finding, Rle mask) {
  Annotation annotation;
  annotation.bbox = bounds(mask);
  annotation.segmentation = std::move(mask);
  annotation.mask_origin = MaskOrigin::contour;
  annotation.attributes = finding.facts;
  annotation.attributes.erase("type");
  return annotation;
}

bool has_mask(const std::vector<Annotation>& annotations, const Rle& mask) {
  return std::any_of(annotations.begin(), annotations.end(), [&](const Annotation& annotation) {
    return std::get<Rle>(annotation.segmentation) == mask;
  });
}

void add_mass(CbisFilm& film, const CbisMass& mass) {
  const ImageRecord& record = film.image.record;
  CbisMask found = find_cbis_mask(mass.candidates, {record.width, record.height});
  if (found.pixels && has_mask(film.image.annotations, *found.pixels))
    found.reason = "its mask is that of another finding of the image";
  if (!found.reason.empty()) {
    film.reason = fmt::format("{}: {}: {}", film.name, mass.finding->where, found.reason);
    return;
  }
  if (!found.scaled_from.empty()) {
    film.scaled.push_back({{"file_name", record.file_name},
                           {"abnormality_id", mass.finding->facts.value("abnormality_id", "")},
                           {"found", found.scaled_from},
                           {"expected", fmt::format("{} x {}", record.width, record.height)}});
  }
  film.image.annotations.push_back(cbis_annotation(*mass.finding, std::move(*found.pixels)));
}

// Without one of its masses a film would teach that the mass is healthy: it is left out.
void read_film(CbisFilm& film, const fs::path& release, const CbisDdsmOptions& options) {
  film.image.file = film.file->path;
  describe_film(film, release, options, film.image.record);
  describe_listed(film.image);
  for (const CbisMass& mass : film.masses) {
    if (film.reason.empty()) add_mass(film, mass);
  }
}

void plan_films(std::vector<CbisFilm>& films, Import& import) {
  int64_t id = 0;
  for (CbisFilm& film : films) {
    film.image.record.id = ++id;
    if (!film.reason.empty()) {
      skip(import, film.name, film.reason);
      continue;
    }
    for (const Json& entry : film.scaled) {
      log_warning(fmt::format("{}: a mask of {} pixels was scaled to {}", film.name,
                              entry["found"].get<std::string>(),
                              entry["expected"].get<std::string>()));
      import.info["masks_scaled"].push_back(entry);
    }
    import.images.push_back(std::move(film.image));
  }
}

}  // namespace

Cohort prepare_cbis_ddsm(const fs::path& release, const fs::path& out,
                         const CbisDdsmOptions& options, Progress& progress) {
  check_mm_per_px(options.mm_per_px);
  const std::vector<fs::path> all = files_below(release);
  const CbisCases cases = read_cbis_cases(all, options.keep_going);
  Import import;
  import.info = {{"description", "CBIS-DDSM (Lee et al. 2017)"}, {"importer", "cbis-ddsm"}};
  import.categories = {{1, "mass"}};
  report_cbis_tables(cases, import.info);
  report_patients_in_both(cases.findings, import.info);
  std::vector<CbisFilm> films = films_of(cases, import);
  const CbisFiles files = find_cbis_files(all, options, progress, import);
  find_all_files(films, files, options.keep_going, import.info);
  parallel_for("masks", std::ssize(films), options.threads, progress, [&](int64_t i) {
    CbisFilm& film = films[static_cast<size_t>(i)];
    if (!film.reason.empty()) return;
    noting_errors(film, options.keep_going, [&] { read_film(film, release, options); });
  });
  plan_films(films, import);
  return run_import(std::move(import), out, options, progress);
}

}  // namespace mammograft
