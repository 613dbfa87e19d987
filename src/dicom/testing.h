// Small DICOM files for tests.
#pragma once

#include <opencv2/core.hpp>
#include <string>

#include "core/files.h"
#include "core/rng.h"
#include "core/testing.h"
#include "dicom/dicom_file.h"
#include "dicom/new_dicom.h"
#include "dicom/transfer_syntax.h"

namespace mammograft {

inline constexpr const char* kMammographyForPresentation = "1.2.840.10008.5.1.4.1.1.1.2";

// Smooth with noise, all values of `bits` bits from the smallest to the largest.
inline cv::Mat noise_image(int rows, int columns, int bits, bool is_signed = false) {
  Rng rng(7);
  cv::Mat image(rows, columns, is_signed ? CV_16SC1 : CV_16UC1);
  const double range = (1 << bits) - 1, low = is_signed ? -(1 << (bits - 1)) : 0;
  for (int y = 0; y < rows; ++y) {
    for (int x = 0; x < columns; ++x) {
      const double share = 0.8 * (x + y) / (rows + columns) + 0.2 * rng.uniform();
      const double value = low + std::floor(share * range);
      if (is_signed) {
        image.at<int16_t>(y, x) = static_cast<int16_t>(value);
      } else {
        image.at<uint16_t>(y, x) = static_cast<uint16_t>(value);
      }
    }
  }
  const auto set = [&](int at, double value) {
    if (is_signed) {
      image.at<int16_t>(0, at) = static_cast<int16_t>(value);
    } else {
      image.at<uint16_t>(0, at) = static_cast<uint16_t>(value);
    }
  };
  set(0, low);
  set(1, low + range);
  return image;
}

// A left CC view for presentation, with nothing that a mammogram need not have.
inline NewDicom new_mammogram(const cv::Mat& values, int bits) {
  NewDicom made;
  DataSetWriter data = made.data();
  data.set(tags::kSopClassUid, kMammographyForPresentation);
  data.set(tags::kSopInstanceUid, uid_from("instance"));
  data.set(tags::kSeriesInstanceUid, uid_from("series"));
  data.set(tags::kStudyInstanceUid, uid_from("study"));
  data.set(tags::kModality, "MG");
  data.set(tags::kPresentationIntentType, "FOR PRESENTATION");
  data.set(tags::kPatientId, "p1");
  data.set(tags::kImageLaterality, "L");
  data.set(tags::kViewPosition, "CC");
  made.set_pixels({values, bits});
  return made;
}

// Written into a folder of its own and opened again.
struct Reopened {
  TestFolder folder;
  DicomFile file;
  explicit Reopened(NewDicom made,
                    const std::string& syntax = transfer_syntax::kExplicitLittleEndian)
      : file(written(std::move(made), syntax)) {}

 private:
  fs::path written(NewDicom made, const std::string& syntax) const {
    made.write(folder.path() / "image.dcm", syntax);
    return folder.path() / "image.dcm";
  }
};

}  // namespace mammograft
