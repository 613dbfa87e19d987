#include "dicom/transfer_syntax.h"

#include <map>

namespace mammograft {
namespace {

struct Known {
  const char* name;
  bool decoded;
};

const std::map<std::string, Known>& known() {
  using namespace transfer_syntax;
  static const std::map<std::string, Known> table = {
      {kImplicitLittleEndian, {"implicit little endian", true}},
      {kExplicitLittleEndian, {"explicit little endian", true}},
      {kDeflated, {"deflated", true}},
      {kExplicitBigEndian, {"explicit big endian", true}},
      {kRle, {"RLE lossless", true}},
      {kJpegBaseline, {"JPEG baseline", true}},
      {kJpegExtended, {"JPEG extended, 12 bit", true}},
      {kJpegLossless, {"JPEG lossless", true}},
      {kJpegLosslessFirstOrder, {"JPEG lossless, first-order prediction", true}},
      {kJpegLsLossless, {"JPEG-LS lossless", true}},
      {kJpegLsNearLossless, {"JPEG-LS near-lossless", true}},
      {kJpeg2000Lossless, {"JPEG 2000 lossless", true}},
      {kJpeg2000, {"JPEG 2000", true}},
      {"1.2.840.10008.1.2.4.92", {"JPEG 2000 multi-component lossless", false}},
      {"1.2.840.10008.1.2.4.93", {"JPEG 2000 multi-component", false}},
      {"1.2.840.10008.1.2.4.94", {"JPIP referenced", false}},
      {"1.2.840.10008.1.2.4.100", {"MPEG-2", false}},
      {"1.2.840.10008.1.2.4.102", {"MPEG-4", false}},
      {"1.2.840.10008.1.2.4.110", {"JPEG XL lossless", false}},
      {"1.2.840.10008.1.2.4.111", {"JPEG XL recompressed JPEG", false}},
      {"1.2.840.10008.1.2.4.112", {"JPEG XL", false}},
      {"1.2.840.10008.1.2.4.201", {"HTJ2K lossless", false}},
      {"1.2.840.10008.1.2.4.202", {"HTJ2K lossless RPCL", false}},
      {"1.2.840.10008.1.2.4.203", {"HTJ2K", false}},
  };
  return table;
}

}  // namespace

std::string transfer_syntax_name(const std::string& uid) {
  const auto found = known().find(uid);
  return found == known().end() ? "an unknown transfer syntax" : found->second.name;
}

bool can_decode(const std::string& uid) {
  const auto found = known().find(uid);
  return found != known().end() && found->second.decoded;
}

bool is_jpeg2000(const std::string& uid) {
  return uid == transfer_syntax::kJpeg2000Lossless || uid == transfer_syntax::kJpeg2000;
}

bool is_jpeg_family(const std::string& uid) { return uid.starts_with("1.2.840.10008.1.2.4."); }

}  // namespace mammograft
