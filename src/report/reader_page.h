// Template, style and scripts of the reader page.
#pragma once

namespace mammograft {

extern const char* const kReaderTemplate;    // mustache
extern const char* const kReaderStyleSheet;  // beside kStyleSheet
extern const char* const kReaderMeasure;     // JavaScript: ratedAuc(), without the page
extern const char* const kReaderScript;      // JavaScript: the page

}  // namespace mammograft
