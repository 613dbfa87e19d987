// Masks of a segmentation (PS3.3 A.51), ours or another program's.
#pragma once

#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "dicom/code.h"
#include "dicom/dicom_file.h"

namespace mammograft {

// What one segment covers of one image.
struct SegmentMask {
  std::string instance;  // SOP Instance UID of the image
  Code property;         // what is segmented: (4147007, SCT, Mass); empty where it is not said
  bool by_program;       // its algorithm is called AUTOMATIC
  cv::Mat mask;          // CV_8UC1 [Rows, Columns of the segmentation], 0 or 1
};

// Binary segmentations, and fractional ones from half of the maximum on. In the order of the
// frames; masks without a pixel too. Throws bad_input for what is no segmentation, is not as its
// header says, or has a frame of which it does not say to which image it belongs.
std::vector<SegmentMask> read_segmentation(const DicomFile& file);

}  // namespace mammograft
