#include "dicom/dicom_file.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcfilefo.h>
#include <dcmtk/dcmdata/dcmetinf.h>
#include <dcmtk/dcmdata/dcxfer.h>

#include <array>
#include <fstream>

#include "core/error.h"
#include "dicom/header_walk.h"
#include "dicom/set_up.h"

namespace mammograft {
namespace {

constexpr size_t kPreamble = 128;
constexpr int kDeepest = 64;  // sequences; the deepest reports have a dozen

// Group 2 or 8 and a plausible element, in either byte order: what a file without a preamble begins
// with.
bool begins_with_attribute(const std::array<unsigned char, 8>& bytes) {
  const int little = bytes[0] | bytes[1] << 8, big = bytes[1] | bytes[0] << 8;
  const int group = little == 2 || little == 8 ? little : big;
  if (group != 2 && group != 8) return false;
  const int element = group == little ? bytes[2] | bytes[3] << 8 : bytes[3] | bytes[2] << 8;
  if (element > 0x0100) return false;
  const auto is_letter = [](unsigned char c) { return c >= 'A' && c <= 'Z'; };
  const bool explicit_vr = is_letter(bytes[4]) && is_letter(bytes[5]);
  const int64_t length = bytes[4] | bytes[5] << 8 | bytes[6] << 16 | int64_t{bytes[7]} << 24;
  return explicit_vr || length <= 1024;
}

}  // namespace

bool looks_like_dicom(const std::filesystem::path& path) {
  std::error_code missing;
  if (!std::filesystem::is_regular_file(path, missing)) return false;  // a pipe is read only once
  std::ifstream stream(path, std::ios::binary);
  std::array<char, kPreamble + 4> bytes{};
  stream.read(bytes.data(), bytes.size());
  const std::streamsize count = stream.gcount();
  if (count == std::ssize(bytes) && std::string_view(&bytes[kPreamble], 4) == "DICM") return true;
  std::array<unsigned char, 8> first{};
  std::copy_n(bytes.begin(), first.size(), first.begin());
  return count == std::ssize(bytes) && begins_with_attribute(first);
}

DicomFile::DicomFile(const std::filesystem::path& path) : path_(path) {
  set_up_dcmtk();
  if (std::ifstream stream(path, std::ios::binary); !stream.good())
    fail(ErrorKind::io, "{}: cannot be read", path.string());
  if (!looks_like_dicom(path)) fail(ErrorKind::bad_input, "{}: is no DICOM file", path.string());
  const std::string problem = header_problem(path, kDeepest);
  if (!problem.empty()) fail(ErrorKind::bad_input, "{}: {}", path.string(), problem);
  format_ = std::make_unique<DcmFileFormat>();
  const OFCondition read =
      format_->loadFile(path.c_str(), EXS_Unknown, EGL_noChange, DCM_MaxReadLength, ERM_autoDetect);
  if (read.bad() || format_->getDataset()->card() == 0) {
    fail(ErrorKind::bad_input, "{}: the DICOM header cannot be read: {}", path.string(),
         read.bad() ? read.text() : "no attribute");
  }
}

DicomFile::~DicomFile() = default;
DicomFile::DicomFile(DicomFile&&) noexcept = default;

DataSet DicomFile::data() const { return DataSet(format_->getDataset()); }

DataSet DicomFile::meta() const { return DataSet(format_->getMetaInfo()); }

std::string DicomFile::transfer_syntax() const {
  OFString uid;
  format_->getMetaInfo()->findAndGetOFString(DCM_TransferSyntaxUID, uid);
  if (!uid.empty()) return {uid.data(), uid.size()};
  return DcmXfer(format_->getDataset()->getOriginalXfer()).getXferID();
}

}  // namespace mammograft
