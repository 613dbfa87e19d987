// DICOM's run lengths (PS3.5, annex G): DCMTK fills up with zeros where a stream ends early.
#pragma once

#include <cstdint>
#include <string_view>

namespace mammograft {

// Whether the stream holds `segments` segments of at least `bytes` bytes each.
bool rle_is_whole(std::string_view stream, int segments, int64_t bytes);

}  // namespace mammograft
