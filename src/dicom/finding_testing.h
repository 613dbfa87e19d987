// Searched images for the tests of what is written about them.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "dicom/findings.h"
#include "dicom/object_header.h"
#include "dicom/object_tag.h"
#include "dicom/testing.h"

namespace mammograft {

inline const ContentTime kNoon{"20260131", "120000"};
inline const Algorithm kAlgorithm{"mammograft", "0.1.0", "masses.safetensors",
                                  "score >= 0.31: 0.5 false marks an image"};

// A mammogram with a full header, of another side and view for each number.
inline NewDicom full_mammogram(int number = 0) {
  constexpr int kRows = 400, kColumns = 320;
  NewDicom made = new_mammogram(noise_image(kRows, kColumns, 12), 12);
  DataSetWriter data = made.data();
  data.set(tags::kSopInstanceUid, uid_from("instance " + std::to_string(number)));
  data.set(tags::kPatientName, "Doe^Jane");
  data.set(tags::kPatientBirthDate, "19600101");
  data.set(tags::kPatientSex, "F");
  data.set(tags::kStudyDate, "20260130");
  data.set(tags::kStudyTime, "101500");
  data.set(tags::kStudyId, "S1");
  data.set(tags::kAccessionNumber, "A1");
  data.set(tags::kReferringPhysicianName, "Who^Doctor");
  data.set(tags::kInstanceNumber, number + 1);
  data.set(tags::kImageLaterality, number % 2 == 0 ? "L" : "R");
  data.set(tags::kViewPosition, number % 4 < 2 ? "CC" : "MLO");
  data.set(tags::kPatientOrientation, number % 2 == 0 ? "A\\R" : "P\\L");
  data.set(tags::kPixelSpacing, "0.07\\0.07");
  data.set(tags::kRescaleSlope, "1");
  data.set(tags::kRescaleIntercept, "0");
  data.set(tags::kWindowCenter, "2048\\1000");
  data.set(tags::kWindowWidth, "4096\\500");
  return made;
}

// Ellipses in rows of five; every other one has an outline, every third a size.
inline std::vector<Finding> some_findings(int count) {
  std::vector<Finding> found;
  for (int i = 0; i < count; ++i) {
    const double x = 10.5 + 60 * (i % 5), y = 20.25 + 70.0 * (i / 5);
    Finding finding{{x, y, x + 40, y + 50}, {}, 0.95 - 0.03 * i, std::nullopt};
    if (i % 2 == 0) finding.outline = {ellipse(finding.box, 24)};
    if (i % 3 == 0) finding.size_mm = 50 * 0.07;
    found.push_back(finding);
  }
  return found;
}

inline SearchedImage image_with(int findings, int number = 0) {
  return searched_image(Reopened(full_mammogram(number)).file, some_findings(findings));
}

// An image whose header has what it must have, and no more.
inline SearchedImage bare_image(int findings) {
  NewDicom made = new_mammogram(noise_image(400, 320, 12), 12);
  made.data().set(tags::kPatientName, "madonna");
  made.data().set(tags::kAccessionNumber, "");
  made.data().set(tags::kImageLaterality, "");
  return searched_image(Reopened(std::move(made)).file, some_findings(findings));
}

}  // namespace mammograft
