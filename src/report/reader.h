// A page on which a person says of masses, one after the other, whether they look real. One file,
// works offline.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mammograft {

struct ReaderItem {
  std::string picture;  // a whole PNG or JPEG file, square, the mass in the middle
  double radius = 0;    // of the ring that shows where, share of the picture's side
  bool synthetic = false;
  std::string origin;  // told at the end
};

struct ReaderPage {
  std::string title;
  std::string name;               // of the synthetic set
  std::string generator;          // "mammograft 0.1.0"
  std::vector<ReaderItem> items;  // in the order in which they are shown
  uint64_t seed = 1;              // of the veil over the answers
};

// The answers are veiled, not encrypted: a look at the source does not tell them, a program would.
// The page shows the area under the ROC curve of the four ratings with the 95 % interval of DeLong
// et al., Biometrics 44 (1988). It keeps its answers in the browser until they are complete.
std::string render_reader(const ReaderPage& page);

}  // namespace mammograft
