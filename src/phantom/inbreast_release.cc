#include "phantom/inbreast_release.h"

#include <cmath>

#include "cohort/annotation_index.h"
#include "core/files.h"
#include "core/parallel.h"
#include "dicom/new_dicom.h"
#include "image/value_bits.h"
#include "phantom/inbreast_roi_text.h"

namespace mammograft {
namespace {

constexpr int kStoredBits = 14;
constexpr int64_t kFirstNumber = 20000001;
constexpr const char* kForPresentation = "1.2.840.10008.5.1.4.1.1.1.2";
constexpr const char* kMuscleFolder = "PectoralMuscle/Pectoral Muscle XML";

bool is_view_of_inbreast(const std::string& view) {
  return view == "CC" || view == "MLO" || view == "ML";
}

void check_record(const ImageRecord& image) {
  const auto require = [&](bool good, const char* field, const std::string& expected) {
    if (!good) fail(ErrorKind::bad_input, "{}: {}: expected {}", image.file_name, field, expected);
  };
  require(!image.patient_id.empty(), "patient_id", "a patient");
  require(image.laterality == "L" || image.laterality == "R", "laterality", "L or R");
  require(is_view_of_inbreast(image.view), "view", "CC, ML or MLO");
  require(image.pixel_spacing_mm && (*image.pixel_spacing_mm)[0] == (*image.pixel_spacing_mm)[1],
          "pixel_spacing_mm", "one number for rows and columns");
}

// What the release would say of a mass that is seen so well. It says nothing of its pathology.
std::string birads_of(const ImageRecord& image, const Annotations& masses) {
  if (image.status == Status::normal) return "1";
  if (masses.empty()) return "2";
  const Json& attributes = masses.front()->attributes;
  const std::string seen = attributes.value("conspicuity", "moderate");
  return seen == "obvious" ? "5" : seen == "subtle" ? "4a" : "4b";
}

// "a" ... "d" as the release has them: 1 ... 4. Blanks where it is not known.
std::string acr_of(const ImageRecord& image) {
  const auto density = image.acquisition.find("density");
  if (density == image.acquisition.end() || !density->is_string()) return "     ";
  const std::string letter = density->get<std::string>();
  const bool known = letter.size() == 1 && letter[0] >= 'a' && letter[0] <= 'd';
  return known ? std::string(1, static_cast<char>('1' + letter[0] - 'a')) : "     ";
}

class InbreastWriter {
 public:
  InbreastWriter(const Cohort& cohort, const fs::path& out, const ReleaseOptions& options)
      : cohort_(cohort),
        out_(out),
        syntax_(transfer_syntax_uid(options)),
        masses_(cohort, /*ignored=*/false),
        rng_(Rng(1).fork("inbreast release")) {}

  void create_folders() const {
    for (const char* folder : {"AllDICOMs", "AllXML", kMuscleFolder}) create_folder(out_ / folder);
  }

  void write_image(size_t i) const {
    const ImageRecord& image = cohort_.images[i];
    const cv::Mat values = from_full_scale(read_pixels(cohort_, image), kStoredBits);
    NewDicom dicom = described(i);
    dicom.set_pixels({values, kStoredBits});
    dicom.write(out_ / "AllDICOMs" / dicom_name(i), syntax_);
    const Rng rng = rng_.fork("image", i);
    const std::vector<DrawnRoi> rois = drawn_rois(image, masses_.of(image.id), rng.fork("rois"));
    if (!rois.empty()) {
      write_file(out_ / "AllXML" / fmt::format("{}.xml", number(i)),
                 roi_list_text(rois, values, (*image.pixel_spacing_mm)[0], rng.fork("keys")));
    }
    if (!image.pectoral_contour.empty()) write_muscle(i, values, rng.fork("muscle"));
  }

  void write_table() const {
    std::string text =
        " Patient ID;Patient age;Laterality;View ;Acquisition date;File name;ACR; Bi-Rads\r\n";
    for (size_t i = 0; i < cohort_.images.size(); ++i) {
      const ImageRecord& image = cohort_.images[i];
      text += fmt::format("removed;removed;{};{};201001;{};{};{}\r\n", image.laterality, image.view,
                          number(i), acr_of(image), birads_of(image, masses_.of(image.id)));
    }
    text += ";;;;;;;\r\n;;;;;images;;\r\n";
    write_file(out_ / "INbreast.csv", text);
  }

 private:
  static int64_t number(size_t i) { return kFirstNumber + static_cast<int64_t>(i); }

  std::string dicom_name(size_t i) const {
    const ImageRecord& image = cohort_.images[i];
    return fmt::format("{}_{}_MG_{}_{}_ANON.dcm", number(i), hash_hex(image.patient_id),
                       image.laterality, image.view == "CC" ? "CC" : "ML");
  }

  NewDicom described(size_t i) const {
    const ImageRecord& image = cohort_.images[i];
    const std::string patient = hash_hex(image.patient_id);
    NewDicom dicom;
    DataSetWriter data = dicom.data();
    data.set(tags::kSopClassUid, kForPresentation);
    data.set(tags::kSopInstanceUid, uid_from(fmt::format("inbreast image {}", number(i))));
    data.set(tags::kStudyInstanceUid, uid_from("inbreast study " + patient));
    data.set(tags::kSeriesInstanceUid, uid_from(fmt::format("inbreast series {}", number(i))));
    data.set(tags::kModality, "MG");
    data.set(tags::kPresentationIntentType, "FOR PRESENTATION");
    data.set(tags::kManufacturer, "mammograft phantom");
    data.set(tags::kPatientId, "removed");
    const std::string spacing = fmt::format("{:.10g}", (*image.pixel_spacing_mm)[0]);
    data.set(tags::kImagerPixelSpacing, spacing + "\\" + spacing);
    if (i % 2 == 0) {
      data.set(tags::kImageLaterality, image.laterality);
      data.set(tags::kViewPosition, image.view);
    }
    return dicom;
  }

  void write_muscle(size_t i, const cv::Mat& values, const Rng& rng) const {
    const ImageRecord& image = cohort_.images[i];
    const Polygon& muscle = image.pectoral_contour.front();
    const Point corner{image.laterality == "R" ? double(image.width) : 0, 0};
    const std::string text = i % 2 == 0 ? roi_list_text({{"Pectoral Muscle", muscle}}, values,
                                                        (*image.pixel_spacing_mm)[0], rng)
                                        : muscle_points_text(muscle, corner);
    write_file(out_ / kMuscleFolder / fmt::format("{}_muscle.xml", number(i)), text);
  }

  const Cohort& cohort_;
  const fs::path out_;
  const std::string syntax_;
  const AnnotationIndex masses_;
  const Rng rng_;
};

}  // namespace

void write_inbreast_release(const Cohort& cohort, const fs::path& out,
                            const ReleaseOptions& options, Progress& progress) {
  for (const ImageRecord& image : cohort.images) check_record(image);
  const InbreastWriter writer(cohort, out, options);
  writer.create_folders();
  parallel_for("images of the release", std::ssize(cohort.images), options.threads, progress,
               [&](int64_t i) { writer.write_image(static_cast<size_t>(i)); });
  writer.write_table();
}

}  // namespace mammograft
