// A DICOM file that has been opened. Values above some kilobytes, the pixels above all, stay in the
// file until they are asked for.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "dicom/data_set.h"

class DcmFileFormat;

namespace mammograft {

class DicomFile {
 public:
  // With or without a preamble, by content and not by name. Broken headers are read as far as they
  // go. Throws io, or bad_input: no DICOM file, cut off before its first attribute.
  explicit DicomFile(const std::filesystem::path& path);
  ~DicomFile();
  DicomFile(DicomFile&&) noexcept;

  const std::filesystem::path& path() const { return path_; }
  std::string name() const { return path_.string(); }  // for messages
  DataSet data() const;
  DataSet meta() const;                 // the file's own header, group 2
  std::string transfer_syntax() const;  // its UID, as the file says
  DcmFileFormat& format() const { return *format_; }

 private:
  std::filesystem::path path_;
  std::unique_ptr<DcmFileFormat> format_;
};

// By its first bytes: a preamble and "DICM", or without one an attribute of the groups that files
// begin with. False for what cannot be read, and for pipes.
bool looks_like_dicom(const std::filesystem::path& path);

}  // namespace mammograft
