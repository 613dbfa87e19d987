#include "dicom/mammogram.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcuid.h>

#include <algorithm>
#include <map>

#include "core/error.h"
#include "core/text.h"
#include "dicom/mammography_view.h"

namespace mammograft {
namespace {

constexpr const char* kSecondaryCapture = "1.2.840.10008.5.1.4.1.1.7";
constexpr const char* kMammographyForProcessing = "1.2.840.10008.5.1.4.1.1.1.2.1";
constexpr const char* kXRayForProcessing = "1.2.840.10008.5.1.4.1.1.1.1.1";

// PS3.4 B.5: pictures that a mammogram may come as.
bool is_projection(const std::string& sop_class) {
  static const std::vector<std::string> classes = {
      "1.2.840.10008.5.1.4.1.1.1.2",  // digital mammography, for presentation
      kMammographyForProcessing,
      "1.2.840.10008.5.1.4.1.1.1",    // computed radiography
      "1.2.840.10008.5.1.4.1.1.1.1",  // digital X-ray, for presentation
      kXRayForProcessing,
  };
  return std::find(classes.begin(), classes.end(), sop_class) != classes.end();
}

bool is_secondary_capture(const std::string& sop_class) {
  return sop_class == kSecondaryCapture ||
         sop_class.starts_with(std::string(kSecondaryCapture) + ".");
}

// "BreastTomosynthesisImageStorage": words enough for a reason.
std::string class_name(const std::string& uid) {
  const char* name = dcmFindNameOfUID(uid.c_str());
  return name == nullptr ? "something that is not known" : name;
}

// CID 4015.
const std::map<std::string, std::string>& modifier_codes() {
  static const std::map<std::string, std::string> codes = {
      {"399163009", "magnification"},     {"R-102D6", "magnification"},
      {"399055006", "spot compression"},  {"R-102D7", "spot compression"},
      {"399209000", "implant displaced"}, {"R-102D5", "implant displaced"},
      {"399161006", "cleavage"},          {"R-102D2", "cleavage"},
      {"399011000", "axillary tail"},     {"R-102D1", "axillary tail"},
      {"399110001", "tangential"},        {"R-102C2", "tangential"},
  };
  return codes;
}

std::string modifier_in(const DataSet& item) {
  const auto found = modifier_codes().find(item.text(tags::kCodeValue));
  return found == modifier_codes().end() ? "" : found->second;
}

std::string view_in(const DataSet& item) {
  const MammographyView* view = view_of_code(item.text(tags::kCodeValue));
  return view == nullptr ? "" : view->name;
}

// Free text is not passed on: anything may stand in it, names too. What looks like the short code
// of a view is one.
bool is_view(const std::string& text) {
  constexpr size_t kLongest = 6;
  return !text.empty() && text.size() <= kLongest &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

std::string view_of(const DataSet& data) {
  const std::string position = upper_case(data.text(tags::kViewPosition));
  if (is_view(position)) return position;
  for (const DataSet& item : data.items(tags::kViewCodeSequence)) return view_in(item);
  return "";
}

std::vector<std::string> modifiers_of(const DataSet& data) {
  std::vector<std::string> found;
  for (const DataSet& view : data.items(tags::kViewCodeSequence)) {
    if (view_in(view) == "specimen") found.push_back("specimen");
    for (const DataSet& item : view.items(tags::kViewModifierCodeSequence)) {
      const std::string name = modifier_in(item);
      if (!name.empty()) found.push_back(name);
    }
  }
  return found;
}

// The maker by its usual name, of those that are known.
std::string vendor_in(const std::string& text) {
  static const std::vector<std::pair<const char*, const char*>> makers = {
      {"HOLOGIC", "Hologic"},
      {"LORAD", "Hologic"},
      {"GE ", "GE"},
      {"GENERAL ELECTRIC", "GE"},
      {"GEMS", "GE"},
      {"SIEMENS", "Siemens"},
      {"FUJI", "Fujifilm"},
      {"PHILIPS", "Philips"},
      {"SECTRA", "Sectra"},
      {"PLANMED", "Planmed"},
      {"IMS", "IMS Giotto"},
      {"GIOTTO", "IMS Giotto"},
      {"AGFA", "Agfa"},
      {"CARESTREAM", "Carestream"},
      {"KODAK", "Carestream"},
      {"KONICA", "Konica Minolta"},
      {"METALTRONICA", "Metaltronica"},
      {"CANON", "Canon"},
      {"TOSHIBA", "Canon"},
      {"VIDAR", "Vidar"},
      {"HOWTEK", "Howtek"},
      {"LUMISYS", "Lumisys"},
      {"MAMMOGRAFT", "mammograft"},
  };
  const std::string upper = upper_case(text) + " ";
  for (const auto& [begin, name] : makers) {
    if (upper.starts_with(begin)) return name;
  }
  return "";
}

// Made of the slices of a tomosynthesis (PS3.3 C.8.11.3.1.5, C.8.21.2.1): another look than that of
// the detector, and of a view that is often there twice.
bool is_generated(const DataSet& data) {
  const std::vector<std::string> type = data.texts(tags::kImageType);
  return (type.size() > 2 && type[2] == "TOMOSYNTHESIS") ||
         (type.size() > 3 && type[3] == "GENERATED_2D");
}

// Computed and digital radiography is of all parts of the body.
bool is_of_another_part(const DataSet& data, const std::string& modality) {
  const std::string part = upper_case(data.text(tags::kBodyPartExamined));
  return modality != "MG" && !part.empty() && part.find("BREAST") == part.npos;
}

std::string side_in(const std::string& text) {
  const std::string upper = upper_case(text);
  if (upper == "L" || upper == "LEFT") return "L";
  return upper == "R" || upper == "RIGHT" ? "R" : "";
}

// The direction of the columns of a CC or MLO view points to the middle of the body: to the right
// for a left breast.
std::string side_of_orientation(const DataSet& data) {
  const std::vector<std::string> directions = data.texts(tags::kPatientOrientation);
  if (directions.size() != 2) return "";
  const std::string& down = directions[1];
  const bool right = down.find('R') != down.npos, left = down.find('L') != down.npos;
  if (right == left) return "";
  return right ? "L" : "R";
}

// Rows that run to the front of the body begin at the chest wall.
std::string chest_wall_of_orientation(const DataSet& data) {
  const std::vector<std::string> directions = data.texts(tags::kPatientOrientation);
  if (directions.size() != 2) return "";
  const std::string& along = directions[0];
  const bool front = along.find('A') != along.npos, back = along.find('P') != along.npos;
  if (front == back) return "";
  return front ? "left" : "right";
}

std::string laterality_of(const DataSet& data, std::vector<std::string>& warnings) {
  const std::string image = side_in(data.text(tags::kImageLaterality));
  const std::string series = side_in(data.text(tags::kLaterality));
  if (!image.empty() && !series.empty() && image != series) {
    warnings.push_back(
        fmt::format("Image Laterality is {}, Laterality {}: the first is believed", image, series));
  }
  if (!image.empty()) return image;
  return series.empty() ? side_of_orientation(data) : series;
}

bool plausible(double mm) { return mm >= 0.005 && mm <= 5; }

std::optional<std::array<double, 2>> pair_of(const DataSet& data, Tag tag) {
  const std::vector<double> values = data.numbers(tag);
  if (values.size() != 2 || !plausible(values[0]) || !plausible(values[1])) return std::nullopt;
  return std::array<double, 2>{values[0], values[1]};
}

// Beyond contact and magnification views lies no mammography.
bool plausible_magnification(double factor) { return factor >= 1 && factor <= 4; }

struct Magnification {
  double factor = 1;
  std::string words = "magnification not known";
};

Magnification magnification_of(const DataSet& data, std::vector<std::string>& warnings) {
  if (const std::optional<double> factor = data.number(tags::kMagnificationFactor)) {
    if (plausible_magnification(*factor))
      return {*factor, fmt::format("magnification {:g}", *factor)};
    warnings.push_back(fmt::format(
        "Estimated Radiographic Magnification Factor is {:g}: it is passed over", *factor));
  }
  const double detector = data.number(tags::kDistanceSourceToDetector).value_or(0);
  const double patient = data.number(tags::kDistanceSourceToPatient).value_or(0);
  if (detector > 0 && patient > 0 && plausible_magnification(detector / patient))
    return {detector / patient, fmt::format("magnification {:g} by distances", detector / patient)};
  return {};
}

void find_spacing(const DataSet& data, Mammogram& found) {
  if (const auto spacing = pair_of(data, tags::kPixelSpacing)) {
    found.spacing_mm = spacing;
    found.spacing_from = "Pixel Spacing";
    return;
  }
  const auto imager = pair_of(data, tags::kImagerPixelSpacing);
  if (!imager) return;
  const Magnification magnification = magnification_of(data, found.warnings);
  found.spacing_mm = {(*imager)[0] / magnification.factor, (*imager)[1] / magnification.factor};
  found.spacing_from = "Imager Pixel Spacing, " + magnification.words;
}

int side(const DicomFile& file, Tag tag, const char* name) {
  const int64_t value = file.data().integer(tag).value_or(0);
  if (value < 1 || value > 65535)
    fail(ErrorKind::bad_input, "{}: {}: found {}, expected 1 to 65535", file.name(), name, value);
  return static_cast<int>(value);
}

}  // namespace

std::string presentation_intent(const DataSet& data) {
  const std::string text = upper_case(data.text(tags::kPresentationIntentType));
  if (text == "FOR PRESENTATION" || text == "FOR PROCESSING") return text;
  const std::string sop_class = data.text(tags::kSopClassUid);
  const bool processing = sop_class == kMammographyForProcessing || sop_class == kXRayForProcessing;
  return processing ? "FOR PROCESSING" : "";
}

Mammogram read_mammogram(const DicomFile& file) {
  const DataSet data = file.data();
  Mammogram found;
  found.height = side(file, tags::kRows, "Rows");
  found.width = side(file, tags::kColumns, "Columns");
  found.sop_class = data.text(tags::kSopClassUid);
  found.instance = data.text(tags::kSopInstanceUid);
  found.series = data.text(tags::kSeriesInstanceUid);
  found.study = data.text(tags::kStudyInstanceUid);
  found.patient_id = data.text(tags::kPatientId);
  found.laterality = laterality_of(data, found.warnings);
  found.chest_wall = chest_wall_of_orientation(data);
  found.view = view_of(data);
  found.view_modifiers = modifiers_of(data);
  found.intent = presentation_intent(data);
  found.vendor = vendor_in(data.text(tags::kManufacturer));
  find_spacing(data, found);
  return found;
}

std::optional<std::string> reason_to_leave_out(const DicomFile& file,
                                               const SelectionOptions& options) {
  const DataSet data = file.data();
  const std::string sop_class = data.text(tags::kSopClassUid);
  const bool capture = is_secondary_capture(sop_class);
  if (!is_projection(sop_class) && !capture && !sop_class.empty())
    return fmt::format("is no mammogram but {}", class_name(sop_class));
  if (!data.exists(tags::kPixelData)) return "holds no pixels";
  if (capture && !options.secondary_captures)
    return "is a secondary capture (--secondary-captures takes it)";
  const std::string modality = data.text(tags::kModality);
  if (!capture && modality != "MG" && modality != "CR" && modality != "DX" && !modality.empty())
    return "its modality is none of MG, CR and DX";
  if (is_of_another_part(data, modality)) return "is of another part of the body than the breast";
  const int64_t frames = data.integer(tags::kNumberOfFrames).value_or(1);
  if (frames > 1) return fmt::format("has {} frames (tomosynthesis?)", frames);
  if (presentation_intent(data) == "FOR PROCESSING" && !options.for_processing)
    return "is FOR PROCESSING (--for-processing takes it)";
  if (is_generated(data) && !options.generated_2d)
    return "was generated of a tomosynthesis (--generated-2d takes it)";
  if (options.special_views) return std::nullopt;
  for (const std::string& modifier : modifiers_of(data)) {
    if (modifier == "magnification" || modifier == "spot compression" || modifier == "specimen")
      return fmt::format("is a special view: {} (--special-views takes it)", modifier);
  }
  return std::nullopt;
}

}  // namespace mammograft
