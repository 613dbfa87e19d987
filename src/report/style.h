// The page's template (mustache) and style sheet.
#pragma once

namespace mammograft {

extern const char* const kPageTemplate;
extern const char* const kStyleSheet;

}  // namespace mammograft
