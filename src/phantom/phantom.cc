#include "phantom/phantom.h"

#include <algorithm>
#include <cmath>

#include "cohort/data_set.h"
#include "core/files.h"
#include "core/parallel.h"
#include "image/image_io.h"
#include "phantom/exposure.h"
#include "phantom/patient.h"

namespace mammograft {

namespace {

void check(const PhantomOptions& options) {
  const auto require = [](bool good, const char* field, double found, const char* expected) {
    if (!good) fail(ErrorKind::usage, "phantom: {}: found {}, expected {}", field, found, expected);
  };
  const auto share = [](double x) { return x >= 0 && x <= 1; };
  check_data_set_name("phantom: dataset", options.dataset);
  require(options.patients > 0, "patients", options.patients, "at least 1");
  require(options.threads >= 0, "threads", options.threads, "0 or more");
  require(options.mm_per_px >= 0.05 && options.mm_per_px <= 2, "mm_per_px", options.mm_per_px,
          "0.05 to 2");
  require(options.field_width_mm >= 100 && options.field_width_mm <= 400, "field_width_mm",
          options.field_width_mm, "100 to 400");
  require(options.field_height_mm >= 140 && options.field_height_mm <= 500, "field_height_mm",
          options.field_height_mm, "140 to 500");
  require(share(options.mass_fraction), "mass_fraction", options.mass_fraction, "0 to 1");
  require(share(options.subtle_fraction), "subtle_fraction", options.subtle_fraction, "0 to 1");
  require(
      share(options.obvious_fraction) && options.obvious_fraction + options.subtle_fraction <= 1,
      "obvious_fraction", options.obvious_fraction, "0 to 1 - subtle_fraction");
  require(options.mass_contrast >= 0 && options.mass_contrast <= 10, "mass_contrast",
          options.mass_contrast, "0 to 10");
  require(options.mass_median_mm >= 5 && options.mass_median_mm <= 40, "mass_median_mm",
          options.mass_median_mm, "5 to 40");
  require(options.quantum_noise >= 0 && options.quantum_noise <= 1, "quantum_noise",
          options.quantum_noise, "0 to 1");
  double total = 0;
  for (double d : options.density_shares) {
    require(d >= 0, "density_shares", d, "0 or more");
    total += d;
  }
  if (options.density_shares.size() != 4 || !(total > 0)) {
    fail(ErrorKind::usage,
         "phantom: density_shares: found {} numbers with sum {}, expected 4 above 0",
         options.density_shares.size(), total);
  }
}

double rounded(double value, double digits) { return std::round(value * digits) / digits; }

// Contours are written with 1/1000 px: short files, the same text from every compiler.
Polygon rounded(Polygon polygon) {
  for (Point& p : polygon) p = {rounded(p.x, 1000), rounded(p.y, 1000)};
  return polygon;
}

ImageRecord make_record(const PatientImage& image, const std::string& patient,
                        const PhantomOptions& options) {
  ImageRecord record;
  record.file_name =
      fmt::format("images/{}_{}_{}.png", patient, image.laterality, to_string(image.view));
  record.width = image.pixels.cols;
  record.height = image.pixels.rows;
  record.patient_id = options.dataset + "/" + patient;
  record.laterality = image.laterality;
  record.view = to_string(image.view);
  record.pixel_spacing_mm = {options.mm_per_px, options.mm_per_px};
  record.breast_bbox = image.breast_box;
  record.breast_contour = {rounded(image.breast_contour_px)};
  if (!image.pectoral_contour_px.empty()) {
    record.pectoral_contour = {rounded(image.pectoral_contour_px)};
  }
  record.status = image.mass ? Status::mass : Status::normal;
  record.acquisition = {{"vendor", "phantom"},
                        {"bits", kDetectorBits},
                        {"density", std::string(1, static_cast<char>('a' + image.density))}};
  return record;
}

Annotation make_annotation(const PatientMass& mass, const std::string& patient_id) {
  Annotation annotation;
  const Polygon contour = rounded(mass.contour_px);
  annotation.bbox = bounds(contour);
  annotation.segmentation = std::vector<Polygon>{contour};
  annotation.mask_origin = MaskOrigin::contour;
  annotation.size_mm = rounded(mass.size_mm, 100);
  annotation.attributes = {{"lesion_id", patient_id + "/m1"},
                           {"shape", to_string(mass.shape)},
                           {"margin", mass.margin},
                           {"conspicuity", conspicuity_class(mass.cnr)},
                           {"cnr", rounded(mass.cnr, 1000)}};
  return annotation;
}

struct PatientRecords {
  std::vector<ImageRecord> images;
  std::vector<std::optional<Annotation>> annotations;  // one for each image
};

PatientRecords write_patient(const fs::path& out, int64_t index, const PhantomOptions& options,
                             const TissueNoise& noise, const Rng& rng) {
  const std::string name = fmt::format("p{:04d}", index + 1);
  PatientRecords records;
  for (const PatientImage& image :
       make_patient(options, noise, rng.fork("patient", static_cast<uint64_t>(index)))) {
    records.images.push_back(make_record(image, name, options));
    write_png(out / records.images.back().file_name, image.pixels);
    records.annotations.emplace_back();
    if (image.mass) {
      records.annotations.back() = make_annotation(*image.mass, records.images.back().patient_id);
    }
  }
  return records;
}

void append(Cohort& cohort, PatientRecords& records) {
  for (size_t k = 0; k < records.images.size(); ++k) {
    ImageRecord& image = records.images[k];
    image.id = static_cast<int64_t>(cohort.images.size()) + 1;
    cohort.images.push_back(image);
    if (!records.annotations[k]) continue;
    Annotation annotation = *records.annotations[k];
    annotation.id = static_cast<int64_t>(cohort.annotations.size()) + 1;
    annotation.image_id = image.id;
    cohort.annotations.push_back(annotation);
  }
}

}  // namespace

std::string conspicuity_class(double cnr) {
  return cnr >= 2.2 ? "obvious" : cnr >= 1.2 ? "moderate" : "subtle";
}

Cohort make_phantom(const fs::path& out, const PhantomOptions& options, Progress& progress) {
  check(options);
  create_folder(out / "images");
  const Rng rng = Rng(static_cast<uint64_t>(options.seed)).fork("phantom");
  const TissueNoise noise(rng.fork("noise"), options.mm_per_px,
                          std::max(options.field_width_mm, options.field_height_mm));
  std::vector<PatientRecords> patients(static_cast<size_t>(options.patients));
  const int threads = options.threads > 0 ? options.threads : hardware_threads();
  const int64_t batch = 4 * static_cast<int64_t>(threads);
  progress.start("phantom patients", options.patients);
  for (int64_t from = 0; from < options.patients; from += batch) {
    const int64_t count = std::min<int64_t>(batch, options.patients - from);
    parallel_for(count, threads, [&](int64_t k) {
      patients[static_cast<size_t>(from + k)] = write_patient(out, from + k, options, noise, rng);
    });
    progress.advance(from + count);
  }
  progress.finish();
  Cohort cohort;
  cohort.folder = out;
  cohort.info = {{"description", "procedural mammograms made by mammograft phantom"},
                 {"options", to_json(options)}};
  cohort.categories = {Category{}};
  for (PatientRecords& records : patients) append(cohort, records);
  write_cohort(cohort);
  return cohort;
}

}  // namespace mammograft
