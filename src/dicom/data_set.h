// The attributes of a DICOM object, or of one item of a sequence in it, for reading.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dicom/tag.h"

class DcmItem;

namespace mammograft {

class DataSetWriter;

// Sees the file that it came from (dicom/dicom_file.h) and must not outlive it. What is absent,
// empty or not as it should be reads as nothing: people's files are full of it.
class DataSet {
 public:
  explicit DataSet(DcmItem* item) : item_(item) {}

  bool exists(Tag tag) const;  // empty or not
  // The first value; all of them. In UTF-8, whatever the file's character set; without padding.
  std::string text(Tag tag) const;
  std::vector<std::string> texts(Tag tag) const;
  std::optional<double> number(Tag tag) const;
  std::vector<double> numbers(Tag tag) const;  // stops at the first value that is no number
  std::optional<int64_t> integer(Tag tag) const;
  // Words of 16 bits, as the data of a lookup table are stored.
  std::vector<uint16_t> words(Tag tag) const;
  std::vector<DataSet> items(Tag sequence) const;

 private:
  friend class DataSetWriter;  // copies
  DcmItem* item_;
};

}  // namespace mammograft
