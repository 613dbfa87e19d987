// Coded concepts (PS3.3 8; PS3.16): what reports and segmentations say instead of words.
#pragma once

#include <string>

#include "dicom/data_set.h"
#include "dicom/new_dicom.h"

namespace mammograft {

struct Code {
  std::string value, scheme, meaning;
  // The meaning is for people and differs between writers.
  bool same_as(const Code& other) const { return value == other.value && scheme == other.scheme; }
};

// The code's own attributes, in an item that has more.
void write_code(DataSetWriter to, const Code& code);

// Adds an item with the code to the sequence.
void add_code(DataSetWriter to, Tag sequence, const Code& code);

// The first item; empty strings where there is none.
Code read_code(const DataSet& data, Tag sequence);

}  // namespace mammograft
