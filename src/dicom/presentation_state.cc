#include "dicom/presentation_state.h"

#include <algorithm>

#include "core/text.h"
#include "dicom/object_tag.h"
#include "dicom/transfer_syntax.h"

namespace mammograft {
namespace {

constexpr const char* kLayer = "MAMMOGRAFT";

void write_identification(DataSetWriter to, const ContentTime& time) {
  to.set(tags::kContentLabel, kLayer);
  to.set(tags::kContentDescription, kResearchOnly);
  to.set_empty(tags::kContentCreatorName);
  to.set(tags::kPresentationCreationDate, time.date);
  to.set(tags::kPresentationCreationTime, time.time);
}

void write_relationship(DataSetWriter to, const Mammogram& image) {
  DataSetWriter series = to.add_item(tags::kReferencedSeriesSequence);
  series.set(tags::kSeriesInstanceUid, image.series);
  add_reference(series, tags::kReferencedImageSequence, image);
}

// Pixels are counted from 1 here (PS3.3 C.10.4).
void write_displayed_area(DataSetWriter to, const Mammogram& image) {
  DataSetWriter area = to.add_item(tags::kDisplayedAreaSelectionSequence);
  area.set(tags::kDisplayedAreaTopLeft, "1\\1");
  area.set(tags::kDisplayedAreaBottomRight, fmt::format("{}\\{}", image.width, image.height));
  area.set(tags::kPresentationSizeMode, "SCALE TO FIT");
  if (image.spacing_mm) {
    area.set(tags::kPresentationPixelSpacing,
             fmt::format("{:.6g}\\{:.6g}", (*image.spacing_mm)[0], (*image.spacing_mm)[1]));
  } else {
    area.set(tags::kPresentationPixelAspectRatio, "1\\1");
  }
}

void write_layer(DataSetWriter to) {
  DataSetWriter layer = to.add_item(tags::kGraphicLayerSequence);
  layer.set(tags::kGraphicLayer, kLayer);
  layer.set(tags::kGraphicLayerOrder, 1);
  layer.set(tags::kGraphicLayerDescription, kResearchOnly);
}

void add_outline(DataSetWriter annotation, const Polygon& outline) {
  const Polygon ring = closed(outline);
  std::vector<float> coordinates;
  for (const Point& point : ring) {
    coordinates.push_back(static_cast<float>(point.x));
    coordinates.push_back(static_cast<float>(point.y));
  }
  DataSetWriter object = annotation.add_item(tags::kGraphicObjectSequence);
  object.set(tags::kGraphicAnnotationUnits, "PIXEL");
  object.set(tags::kGraphicDimensions, 2);
  object.set(tags::kNumberOfGraphicPoints, static_cast<int64_t>(ring.size()));
  object.set_floats(tags::kGraphicData, coordinates);
  object.set(tags::kGraphicType, "POLYLINE");
  object.set(tags::kGraphicFilled, "N");
}

// To the right of the box, or to its left where there is more room.
Box place_of_text(const Box& box, const Mammogram& image) {
  constexpr double kWidth = 0.15, kHeight = 0.03;  // of the image's
  const double width = kWidth * image.width, height = kHeight * image.height;
  const bool right = image.width - box.x1 >= box.x0;
  const double x0 = std::clamp(right ? box.x1 : box.x0 - width, 0.0, image.width - width);
  const double y0 = std::clamp(box.y0, 0.0, image.height - height);
  return {x0, y0, x0 + width, y0 + height};
}

void add_note(DataSetWriter annotation, const std::string& words, const Box& place) {
  DataSetWriter object = annotation.add_item(tags::kTextObjectSequence);
  object.set(tags::kBoundingBoxAnnotationUnits, "PIXEL");
  object.set(tags::kUnformattedTextValue, words);
  object.set_floats(tags::kBoundingBoxTopLeft,
                    {static_cast<float>(place.x0), static_cast<float>(place.y0)});
  object.set_floats(tags::kBoundingBoxBottomRight,
                    {static_cast<float>(place.x1), static_cast<float>(place.y1)});
  object.set(tags::kBoundingBoxTextHorizontalJustification, "LEFT");
}

DataSetWriter add_annotation(DataSetWriter to) {
  DataSetWriter annotation = to.add_item(tags::kGraphicAnnotationSequence);
  annotation.set(tags::kGraphicLayer, kLayer);
  return annotation;
}

void write_annotations(DataSetWriter to, const SearchedImage& image) {
  for (const Finding& finding : image.findings) {
    DataSetWriter annotation = add_annotation(to);
    add_note(annotation, fmt::format("{:.2f}", finding.score),
             place_of_text(finding.box, image.mammogram));
    for (const Polygon& outline : outlines(finding)) add_outline(annotation, outline);
  }
  std::string words = std::string("mammograft, ") + kResearchOnly;
  if (image.findings.empty()) words += ": nothing found";
  const double width = image.mammogram.width, height = image.mammogram.height;
  add_note(add_annotation(to), words, {0, 0.96 * height, width, height});
}

// PS3.3 C.11.1: the state's modality transformation replaces that of the image.
void write_modality_step(DataSetWriter to, const DataSet& header) {
  if (!header.items(tags::kModalityLutSequence).empty()) {
    to.copy(tags::kModalityLutSequence, header);
  } else if (header.number(tags::kRescaleSlope) && header.number(tags::kRescaleIntercept)) {
    to.copy(tags::kRescaleSlope, header);
    to.copy(tags::kRescaleIntercept, header);
    if (!to.copy(tags::kRescaleType, header)) to.set(tags::kRescaleType, "US");  // unspecified
  }
}

void write_window(DataSetWriter to, const DataSet& header) {
  const std::vector<double> centres = header.numbers(tags::kWindowCenter);
  const std::vector<double> widths = header.numbers(tags::kWindowWidth);
  if (centres.empty() || widths.empty() || widths.front() < 1) return;
  DataSetWriter window = to.add_item(tags::kSoftcopyVoiLutSequence);
  window.set(tags::kWindowCenter, fmt::format("{:.9g}", centres.front()));
  window.set(tags::kWindowWidth, fmt::format("{:.9g}", widths.front()));
  const std::string function = upper_case(header.text(tags::kVoiLutFunction));
  if (function == "SIGMOID" || function == "LINEAR_EXACT")
    window.set(tags::kVoiLutFunction, function);
}

// PS3.3 C.11.8: one choice, the first table or else the first window, as grey.h takes by itself.
void write_values_of_interest(DataSetWriter to, const DataSet& header) {
  const std::vector<DataSet> tables = header.items(tags::kVoiLutSequence);
  if (tables.empty()) {
    write_window(to, header);
    return;
  }
  DataSetWriter table = to.add_item(tags::kSoftcopyVoiLutSequence).add_item(tags::kVoiLutSequence);
  table.copy(tags::kLutDescriptor, tables.front());
  table.copy(tags::kLutData, tables.front());
}

void write_presentation_lut(DataSetWriter to, const DataSet& header) {
  const bool inverse = header.text(tags::kPhotometricInterpretation) == "MONOCHROME1" ||
                       upper_case(header.text(tags::kPresentationLutShape)) == "INVERSE";
  to.set(tags::kPresentationLutShape, inverse ? "INVERSE" : "IDENTITY");
}

}  // namespace

void write_presentation_state(const std::filesystem::path& path, const SearchedImage& image,
                              const Algorithm& algorithm, const ContentTime& time) {
  static const ObjectKind kind{"1.2.840.10008.5.1.4.1.1.11.1", "PR", "presentation state", 9004};
  NewDicom object;
  DataSetWriter data = object.data();
  write_object_header(data, kind, {image}, algorithm, time);
  // Of the series (PS3.3 C.7.3.1): the breasts are a pair.
  const std::string& side = image.mammogram.laterality;
  data.set(tags::kLaterality, side == "L" || side == "R" ? side : "");
  write_identification(data, time);
  write_relationship(data, image.mammogram);
  write_displayed_area(data, image.mammogram);
  write_layer(data);
  write_annotations(data, image);
  write_modality_step(data, image.header.data());
  write_values_of_interest(data, image.header.data());
  write_presentation_lut(data, image.header.data());
  object.write(path, transfer_syntax::kExplicitLittleEndian);
}

}  // namespace mammograft
