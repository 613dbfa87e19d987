// Pictures inside a page.
#pragma once

#include <string>

namespace mammograft {

// "data:image/png;base64,..." of a whole PNG or JPEG file. Throws defect for anything else.
std::string data_url(const std::string& picture);

std::string base64(const std::string& bytes);  // RFC 4648, padded

}  // namespace mammograft
