// What all objects about searched images have in common: patient, study, a series of their own,
// equipment, UIDs, time.
#pragma once

#include <string>
#include <vector>

#include "dicom/findings.h"

namespace mammograft {

struct ObjectKind {
  std::string sop_class, modality;
  std::string words;      // "CAD report"
  int series_number = 0;  // archives sort by it
};

// When the content was made; the caller's, so that a file can be made again.
struct ContentTime {
  std::string date;  // "20260131"
  std::string time;  // "235959"
};

// UIDs are made of those of the images, the findings, the algorithm and the kind: the same input
// gives the same object. `images`: at least one, all of one study.
void write_object_header(DataSetWriter to, const ObjectKind& kind,
                         const std::vector<SearchedImage>& images, const Algorithm& algorithm,
                         const ContentTime& time);

// Of objects that have a content: not of presentation states.
void write_content_time(DataSetWriter to, const ContentTime& time);

// A UID that belongs to a finding of an image, the same in all objects.
std::string tracking_uid(const SearchedImage& image, const Finding& finding,
                         const Algorithm& algorithm);

// An item that refers to the image, added to the sequence.
DataSetWriter add_reference(DataSetWriter to, Tag sequence, const Mammogram& image);

}  // namespace mammograft
