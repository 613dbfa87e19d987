// A DICOM object that is being written.
#pragma once

#include <filesystem>
#include <memory>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "dicom/data_set.h"
#include "dicom/tag.h"

class DcmFileFormat;
class DcmItem;

namespace mammograft {

// Attributes of an object, or of an item of a sequence in it. Text in UTF-8.
class DataSetWriter {
 public:
  explicit DataSetWriter(DcmItem* item) : item_(item) {}
  // Several values are parted by backslashes, numbers are written out: "0.07\\0.07".
  void set(Tag tag, const std::string& value);
  void set(Tag tag, int64_t value) { set(tag, std::to_string(value)); }
  void set_words(Tag tag, const std::vector<uint16_t>& values);
  // A text that no standard knows, in a group of `creator`'s own.
  void set_private(const std::string& creator, uint8_t element, const std::string& text);
  void set_bytes(Tag tag, const std::vector<uint8_t>& values);
  void set_floats(Tag tag, const std::vector<float>& values);
  void set_tag(Tag tag, Tag value);  // an attribute whose value is a tag
  void set_empty(Tag tag);           // a sequence too
  // As it stands there, in that character set; false where it does not.
  bool copy(Tag tag, const DataSet& from);
  DataSetWriter add_item(Tag sequence);

 private:
  DcmItem* item_;
};

struct NewPixels {
  cv::Mat values;  // CV_16UC1 or CV_16SC1; up to 8 bits of unsigned values are stored in bytes
  int bits = 16;   // Bits Stored
};

class NewDicom {
 public:
  NewDicom();
  ~NewDicom();
  NewDicom(NewDicom&&) noexcept;

  DataSetWriter data();
  // Sets Rows, Columns, bits and Pixel Data; MONOCHROME2 unless it is said already.
  void set_pixels(const NewPixels& pixels);
  DcmFileFormat& format() { return *format_; }

  // Atomic. `transfer_syntax`: a UID of dicom/transfer_syntax.h. Throws io; defect for one that the
  // pixels cannot have.
  void write(const std::filesystem::path& path, const std::string& transfer_syntax);

 private:
  std::unique_ptr<DcmFileFormat> format_;
  NewPixels pixels_;
};

// A UID below the root for UUIDs (PS3.5 B.2), made of `bytes`: the same bytes, the same UID.
std::string uid_from(std::string_view bytes);

}  // namespace mammograft
