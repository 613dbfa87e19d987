// How a DICOM file encodes its pixels (PS3.5, chapters 8 and 10; UIDs of PS3.6, annex A).
#pragma once

#include <string>

namespace mammograft {

namespace transfer_syntax {

inline constexpr const char* kImplicitLittleEndian = "1.2.840.10008.1.2";
inline constexpr const char* kExplicitLittleEndian = "1.2.840.10008.1.2.1";
inline constexpr const char* kDeflated = "1.2.840.10008.1.2.1.99";
inline constexpr const char* kExplicitBigEndian = "1.2.840.10008.1.2.2";
inline constexpr const char* kRle = "1.2.840.10008.1.2.5";
inline constexpr const char* kJpegBaseline = "1.2.840.10008.1.2.4.50";
inline constexpr const char* kJpegExtended = "1.2.840.10008.1.2.4.51";
inline constexpr const char* kJpegLossless = "1.2.840.10008.1.2.4.57";
inline constexpr const char* kJpegLosslessFirstOrder = "1.2.840.10008.1.2.4.70";
inline constexpr const char* kJpegLsLossless = "1.2.840.10008.1.2.4.80";
inline constexpr const char* kJpegLsNearLossless = "1.2.840.10008.1.2.4.81";
inline constexpr const char* kJpeg2000Lossless = "1.2.840.10008.1.2.4.90";
inline constexpr const char* kJpeg2000 = "1.2.840.10008.1.2.4.91";

}  // namespace transfer_syntax

// "JPEG 2000 lossless"; of one that is not known "an unknown transfer syntax".
std::string transfer_syntax_name(const std::string& uid);

bool can_decode(const std::string& uid);
bool is_jpeg2000(const std::string& uid);
bool is_jpeg_family(const std::string& uid);  // JPEG, JPEG-LS, JPEG 2000: a stream with a header

}  // namespace mammograft
