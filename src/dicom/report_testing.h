// Looks into structured reports, without what wrote them.
#pragma once

#include <string>
#include <vector>

#include "dicom/data_set.h"
#include "dicom/object_tag.h"

namespace mammograft {

// All content items below `item` whose concept name has this code value, in order.
inline std::vector<DataSet> items_named(const DataSet& item, const std::string& code) {
  std::vector<DataSet> found;
  for (const DataSet& child : item.items(tags::kContentSequence)) {
    for (const DataSet& name : child.items(tags::kConceptNameCodeSequence)) {
      if (name.text(tags::kCodeValue) == code) found.push_back(child);
    }
    for (const DataSet& deeper : items_named(child, code)) found.push_back(deeper);
  }
  return found;
}

// The codes that are their values.
inline std::vector<std::string> values_named(const DataSet& item, const std::string& code) {
  std::vector<std::string> found;
  for (const DataSet& named : items_named(item, code))
    found.push_back(named.items(tags::kConceptCodeSequence).at(0).text(tags::kCodeValue));
  return found;
}

inline std::vector<std::string> texts_named(const DataSet& item, const std::string& code) {
  std::vector<std::string> found;
  for (const DataSet& named : items_named(item, code))
    found.push_back(named.text(Tag{0x0040, 0xA160}));
  return found;
}

inline std::vector<double> numbers_of(const DataSet& region) {
  return region.numbers(tags::kGraphicData);
}

// The instances in the Current Requested Procedure Evidence Sequence.
inline std::vector<std::string> evidence_of(const DataSet& report) {
  std::vector<std::string> found;
  for (const DataSet& study : report.items(tags::kCurrentRequestedProcedureEvidenceSequence)) {
    for (const DataSet& series : study.items(tags::kReferencedSeriesSequence)) {
      for (const DataSet& image : series.items(tags::kReferencedSopSequence))
        found.push_back(image.text(tags::kReferencedSopInstanceUid));
    }
  }
  return found;
}

}  // namespace mammograft
