#include "phantom/release_options.h"

#include <map>

#include "dicom/transfer_syntax.h"

namespace mammograft {

std::string transfer_syntax_uid(const ReleaseOptions& options) {
  static const std::map<std::string, std::string> syntaxes = {
      {"explicit", transfer_syntax::kExplicitLittleEndian},
      {"implicit", transfer_syntax::kImplicitLittleEndian},
      {"big-endian", transfer_syntax::kExplicitBigEndian},
      {"deflated", transfer_syntax::kDeflated},
      {"rle", transfer_syntax::kRle},
      {"jpeg-lossless", transfer_syntax::kJpegLosslessFirstOrder},
      {"jpeg-ls", transfer_syntax::kJpegLsLossless},
      {"jpeg-2000", transfer_syntax::kJpeg2000Lossless},
  };
  const auto found = syntaxes.find(options.transfer_syntax);
  if (found != syntaxes.end()) return found->second;
  fail(ErrorKind::usage, "transfer_syntax: found \"{}\", expected explicit, jpeg-2000, ...",
       options.transfer_syntax);
}

}  // namespace mammograft
