#include "dicom/measurement_sr.h"

#include "dicom/codes.h"
#include "dicom/object_tag.h"
#include "dicom/report_tree.h"

namespace mammograft {
namespace {

const Code kDeviceUid{"121012", "DCM", "Device Observer UID"};
const Code kDeviceName{"121013", "DCM", "Device Observer Name"};
const Code kDeviceModel{"121015", "DCM", "Device Observer Model Name"};
const Code kProcedureReported{"121058", "DCM", "Procedure reported"};
const Code kImageLibraryGroup{"126200", "DCM", "Image Library Group"};
const Code kModalityName{"121139", "DCM", "Modality"};
const Code kImagingMeasurements{"126010", "DCM", "Imaging Measurements"};
const Code kTrackingIdentifier{"112039", "DCM", "Tracking Identifier"};
const Code kTrackingUid{"112040", "DCM", "Tracking Unique Identifier"};

// TID 1001, 1004.
void add_observer(const ReportItem& root, const Algorithm& algorithm) {
  constexpr Relation kContext = Relation::has_observation_context;
  root.code(kContext, codes::kObserverType, codes::kDevice);
  root.uid(kContext, kDeviceUid, uid_from("device\n" + algorithm.name + "\n" + algorithm.version));
  root.text(kContext, kDeviceName, algorithm.name);
  root.text(kContext, kDeviceModel, algorithm.model.empty() ? algorithm.name : algorithm.model);
}

// CID 29.
Code modality_of(const SearchedImage& image) {
  const std::string modality = image.header.data().text(tags::kModality);
  if (modality == "MG") return {"MG", "DCM", "Mammography"};
  if (modality == "CR") return {"CR", "DCM", "Computed Radiography"};
  if (modality == "DX") return {"DX", "DCM", "Digital Radiography"};
  return {"OT", "DCM", "Other Modality"};
}

// TID 1600, 1602.
void add_library(const ReportItem& root, const std::vector<SearchedImage>& images) {
  const ReportItem group = root.container(Relation::contains, codes::kImageLibrary)
                               .container(Relation::contains, kImageLibraryGroup);
  for (const SearchedImage& image : images) {
    group.image(Relation::contains, image.mammogram)
        .code(Relation::has_acquisition_context, kModalityName, modality_of(image));
  }
}

void add_site(const ReportItem& group, const std::string& laterality) {
  const ReportItem site =
      group.code(Relation::has_concept_modifier, codes::kFindingSite, codes::kBreast);
  if (laterality != "L" && laterality != "R") return;
  site.code(Relation::has_concept_modifier, codes::kLaterality,
            laterality == "L" ? codes::kLeft : codes::kRight);
}

// TID 1410, 1419.
void add_group(const ReportItem& measurements, const SearchedImage& image, const Finding& finding,
               const std::string& name, const std::string& uid) {
  const ReportItem group = measurements.container(Relation::contains, codes::kMeasurementGroup);
  group.text(Relation::has_observation_context, kTrackingIdentifier, name);
  group.uid(Relation::has_observation_context, kTrackingUid, uid);
  group.code(Relation::contains, codes::kFinding, codes::kMass);
  add_site(group, image.mammogram.laterality);
  group.polyline(Relation::contains, codes::kImageRegion, closed(main_outline(finding)))
      .image(Relation::selected_from, image.mammogram);
  group.number(Relation::contains, codes::kCertaintyOfFinding, 100 * finding.score,
               codes::kPercent);
  if (finding.size_mm)
    group.number(Relation::contains, codes::kLongAxis, *finding.size_mm, codes::kMillimetre);
}

}  // namespace

void write_measurement_sr(const std::filesystem::path& path,
                          const std::vector<SearchedImage>& images, const Algorithm& algorithm,
                          const ContentTime& time) {
  const ReportTree tree(ReportTree::Class::comprehensive, codes::kMeasurementReport, "1500");
  const ReportItem root = tree.root();
  root.code(Relation::has_concept_modifier, codes::kLanguage, codes::kEnglish);
  add_observer(root, algorithm);
  root.code(Relation::has_concept_modifier, kProcedureReported, codes::kImagingProcedure);
  add_library(root, images);
  const ReportItem measurements = root.container(Relation::contains, kImagingMeasurements);
  add_algorithm(measurements, Relation::has_concept_modifier, algorithm);
  int number = 0;
  for (const SearchedImage& image : images) {
    for (const Finding& finding : image.findings) {
      add_group(measurements, image, finding, fmt::format("{} {}", algorithm.name, ++number),
                tracking_uid(image, finding, algorithm));
    }
  }
  tree.write(path, {"", "SR", "measurement report", 9002}, images, algorithm, time);
}

}  // namespace mammograft
