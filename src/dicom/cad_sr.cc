#include "dicom/cad_sr.h"

#include <algorithm>

#include "dicom/codes.h"
#include "dicom/mammography_view.h"
#include "dicom/object_tag.h"
#include "dicom/report_tree.h"

namespace mammograft {
namespace {

const Code kTitle{"111036", "DCM", "Mammography CAD Report"};
const Code kSummary{"111017", "DCM", "CAD Processing and Findings Summary"};
const Code kWithoutFindings{"111241", "DCM", "All algorithms succeeded; without findings"};
const Code kWithFindings{"111242", "DCM", "All algorithms succeeded; with findings"};
const Code kImpression{"111033", "DCM", "Impression Description"};
const Code kIndividualImpression{"111034", "DCM", "Individual Impression/Recommendation"};
const Code kRenderingIntent{"111056", "DCM", "Rendering Intent"};
const Code kPresent{"111150", "DCM",
                    "Presentation Required: Rendering device is expected to present"};
const Code kSingleImageFinding{"111059", "DCM", "Single Image Finding"};
const Code kCenter{"111010", "DCM", "Center"};
const Code kOutline{"111041", "DCM", "Outline"};
const Code kSummaryOfDetections{"111064", "DCM", "Summary of Detections"};
const Code kSuccessfulDetections{"111063", "DCM", "Successful Detections"};
const Code kDetectionPerformed{"111022", "DCM", "Detection Performed"};
const Code kSummaryOfAnalyses{"111065", "DCM", "Summary of Analyses"};
const Code kSucceeded{"111222", "DCM", "Succeeded"};
const Code kNotAttempted{"111225", "DCM", "Not Attempted"};
const Code kImageView{"111031", "DCM", "Image View"};
const Code kOrientationRow{"111044", "DCM", "Patient Orientation Row"};
const Code kOrientationColumn{"111043", "DCM", "Patient Orientation Column"};
const Code kHorizontalSpacing{"111026", "DCM", "Horizontal Pixel Spacing"};
const Code kVerticalSpacing{"111066", "DCM", "Vertical Pixel Spacing"};

constexpr Relation kAcquired = Relation::has_acquisition_context;

void add_spacing(const ReportItem& to, const Mammogram& image) {
  if (!image.spacing_mm) return;
  to.number(kAcquired, kHorizontalSpacing, (*image.spacing_mm)[1], codes::kMillimetre);
  to.number(kAcquired, kVerticalSpacing, (*image.spacing_mm)[0], codes::kMillimetre);
}

// TID 4020.
ReportItem add_to_library(const ReportItem& library, const SearchedImage& image) {
  const Mammogram& m = image.mammogram;
  const ReportItem added = library.image(Relation::contains, m);
  if (m.laterality == "L" || m.laterality == "R") {
    added.code(kAcquired, codes::kImageLaterality,
               m.laterality == "L" ? codes::kLeftBreast : codes::kRightBreast);
  }
  const MammographyView* view = view_called(m.view);
  if (view != nullptr && *view->meaning != '\0')
    added.code(kAcquired, kImageView, {view->snomed, "SCT", view->meaning});
  const std::vector<std::string> ways = image.header.data().texts(tags::kPatientOrientation);
  if (ways.size() == 2 && !ways[0].empty() && !ways[1].empty()) {
    added.text(kAcquired, kOrientationRow, ways[0]);
    added.text(kAcquired, kOrientationColumn, ways[1]);
  }
  add_spacing(added, m);
  return added;
}

// TID 4003 about one finding (TID 4006) at one place (TID 4021).
void add_finding(const ReportItem& summary, const Finding& finding, const ReportItem& image,
                 const Algorithm& algorithm) {
  const ReportItem impression = summary.container(Relation::inferred_from, kIndividualImpression);
  impression.code(Relation::has_concept_modifier, kRenderingIntent, kPresent);
  const ReportItem found =
      impression.code(Relation::contains, kSingleImageFinding, codes::kBreastDensity);
  found.code(Relation::has_concept_modifier, kRenderingIntent, kPresent);
  add_algorithm(found, Relation::has_properties, algorithm);
  found.number(Relation::has_properties, codes::kCertaintyOfFinding, 100 * finding.score,
               codes::kPercent);
  found.point(Relation::has_properties, kCenter, finding.box.center())
      .refer(Relation::selected_from, image);
  found.polyline(Relation::has_properties, kOutline, closed(main_outline(finding)))
      .refer(Relation::selected_from, image);
}

// TID 4001.
void add_summary(const ReportItem& root, const std::vector<SearchedImage>& images,
                 const std::vector<ReportItem>& library, const Algorithm& algorithm) {
  const bool found = std::any_of(images.begin(), images.end(), [](const SearchedImage& image) {
    return !image.findings.empty();
  });
  const ReportItem summary =
      root.code(Relation::contains, kSummary, found ? kWithFindings : kWithoutFindings);
  summary.text(Relation::has_properties, kImpression,
               std::string(kResearchOnly) + ": not for diagnosis");
  add_algorithm(summary, Relation::has_properties, algorithm);
  for (size_t i = 0; i < images.size(); ++i) {
    for (const Finding& finding : images[i].findings)
      add_finding(summary, finding, library[i], algorithm);
  }
}

// TID 4015, 4017.
void add_detections(const ReportItem& root, const std::vector<ReportItem>& library,
                    const Algorithm& algorithm) {
  const ReportItem performed =
      root.code(Relation::contains, kSummaryOfDetections, kSucceeded)
          .container(Relation::inferred_from, kSuccessfulDetections)
          .code(Relation::contains, kDetectionPerformed, codes::kBreastDensity);
  add_algorithm(performed, Relation::has_properties, algorithm);
  for (const ReportItem& image : library) performed.refer(Relation::has_properties, image);
}

}  // namespace

void write_cad_sr(const std::filesystem::path& path, const std::vector<SearchedImage>& images,
                  const Algorithm& algorithm, const ContentTime& time) {
  const ReportTree tree(ReportTree::Class::mammography_cad, kTitle, "4000");
  const ReportItem root = tree.root();
  root.code(Relation::has_concept_modifier, codes::kLanguage, codes::kEnglish);
  const ReportItem shelf = root.container(Relation::contains, codes::kImageLibrary);
  std::vector<ReportItem> library;
  for (const SearchedImage& image : images) library.push_back(add_to_library(shelf, image));
  add_summary(root, images, library, algorithm);
  add_detections(root, library, algorithm);
  root.code(Relation::contains, kSummaryOfAnalyses, kNotAttempted);
  tree.write(path, {"", "SR", "CAD report", 9001}, images, algorithm, time);
}

}  // namespace mammograft
