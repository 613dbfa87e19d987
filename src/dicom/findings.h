// What a search found, for the objects that tell viewers and archives about it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dicom/copied_header.h"
#include "dicom/mammogram.h"
#include "image/polygon.h"

namespace mammograft {

// In pixels of the image; DICOM counts as image/box.h does (PS3.3 C.18.6.1.1, C.10.5.1.2).
struct Finding {
  Box box;
  std::vector<Polygon> outline;   // none: the box is the outline
  double score = 0;               // 0 to 1
  std::optional<double> size_mm;  // the longest diameter
};

// The pieces of the outline, each of three points or more; the box where there is none. Not closed
// by their first points.
std::vector<Polygon> outlines(const Finding& finding);
// The largest of them.
Polygon main_outline(const Finding& finding);
// As DICOM wants it: closed by its first point, and of no more points than an attribute can hold,
// for which some are left out.
Polygon closed(const Polygon& polygon);

// What objects about an image need to refer to it. Throws bad_input where one of its UIDs is
// missing or is none.
void check_references(const DicomFile& file, const Mammogram& mammogram);

struct SearchedImage {
  Mammogram mammogram;
  CopiedHeader header;
  std::vector<Finding> findings;
};

// Throws bad_input where the image lacks what a reference to it needs: one of its UIDs, its size.
SearchedImage searched_image(const DicomFile& file, std::vector<Finding> findings);

struct Algorithm {
  std::string name = "mammograft";
  std::string version;
  std::string model;            // a release's name and version, or the name of the network's file
  std::string operating_point;  // "score >= 0.31: 0.5 false marks an image"
};

inline constexpr const char* kResearchOnly = "RESEARCH USE ONLY";

// In a line, as parameters of the algorithm.
std::vector<std::string> parameters_of(const Algorithm& algorithm);

}  // namespace mammograft
