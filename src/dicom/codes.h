// The coded concepts that mammograft writes, by their meanings in PS3.16.
#pragma once

#include "dicom/code.h"

namespace mammograft::codes {

// What is found.
inline const Code kMass{"4147007", "SCT", "Mass"};
// CID 6014 has no plain mass; a mass is a density there, with calcifications as the other kind.
inline const Code kBreastDensity{"129793001", "SCT", "Mammography breast density"};
inline const Code kMorphologicallyAbnormal{"49755003", "SCT", "Morphologically Abnormal Structure"};
inline const Code kBreast{"76752008", "SCT", "Breast"};
inline const Code kLeftBreast{"80248007", "SCT", "Left breast"};
inline const Code kRightBreast{"73056007", "SCT", "Right breast"};
inline const Code kLeft{"7771000", "SCT", "Left"};
inline const Code kRight{"24028007", "SCT", "Right"};
inline const Code kImagingProcedure{"363679005", "SCT", "Imaging procedure"};
inline const Code kArtificialIntelligence{"123110", "DCM", "Artificial Intelligence"};

// Names of content items.
inline const Code kObserverType{"121005", "DCM", "Observer Type"};
inline const Code kLanguage{"121049", "DCM", "Language of Content Item and Descendants"};
inline const Code kEnglish{"en", "RFC5646", "English"};
inline const Code kAlgorithmName{"111001", "DCM", "Algorithm Name"};
inline const Code kAlgorithmParameters{"111002", "DCM", "Algorithm Parameters"};
inline const Code kAlgorithmVersion{"111003", "DCM", "Algorithm Version"};
inline const Code kCertaintyOfFinding{"111012", "DCM", "Certainty of Finding"};
inline const Code kImageLaterality{"111027", "DCM", "Image Laterality"};
inline const Code kImageLibrary{"111028", "DCM", "Image Library"};
inline const Code kImageRegion{"111030", "DCM", "Image Region"};
inline const Code kMeasurementReport{"126000", "DCM", "Imaging Measurement Report"};
inline const Code kMeasurementGroup{"125007", "DCM", "Measurement Group"};
inline const Code kFinding{"121071", "DCM", "Finding"};
inline const Code kFindingSite{"363698007", "SCT", "Finding Site"};
inline const Code kLaterality{"272741003", "SCT", "Laterality"};
inline const Code kLongAxis{"103339001", "SCT", "Long Axis"};

// Who observed.
inline const Code kDevice{"121007", "DCM", "Device"};

// Units.
inline const Code kPercent{"%", "UCUM", "Percent"};
inline const Code kMillimetre{"mm", "UCUM", "millimeter"};

}  // namespace mammograft::codes
