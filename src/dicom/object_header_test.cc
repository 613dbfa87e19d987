#include "dicom/object_header.h"

#include <gtest/gtest.h>

#include "dicom/finding_testing.h"

namespace mammograft {
namespace {

const ObjectKind kAnyKind{"1.2.3", "SR", "report", 9009};

// The header alone, written and opened again.
Reopened header_of(const std::vector<SearchedImage>& images,
                   const Algorithm& algorithm = kAlgorithm) {
  NewDicom object;
  write_object_header(object.data(), kAnyKind, images, algorithm, kNoon);
  return Reopened(std::move(object));
}

TEST(ObjectHeader, IsOfThePatientAndStudyOfTheImage) {
  const Reopened object = header_of({image_with(1)});
  const DataSet data = object.file.data();
  EXPECT_EQ(data.text(tags::kPatientName), "Doe^Jane");
  EXPECT_EQ(data.text(tags::kPatientId), "p1");
  EXPECT_EQ(data.text(tags::kStudyInstanceUid), uid_from("study"));
  EXPECT_EQ(data.text(tags::kAccessionNumber), "A1");
  EXPECT_NE(data.text(tags::kSeriesInstanceUid), uid_from("series"));
  EXPECT_EQ(data.text(tags::kInstanceCreationDate), "20260131");
  EXPECT_EQ(data.text(tags::kSeriesDescription), "mammograft report, RESEARCH USE ONLY");
  EXPECT_FALSE(data.exists(tags::kRescaleSlope)) << "that of the image";
}

TEST(ObjectHeader, WhatTheSourceLacksIsThereAndEmpty) {
  const Reopened object = header_of({bare_image(0)});
  const DataSet data = object.file.data();
  EXPECT_EQ(data.text(tags::kPatientName), "madonna");
  for (const Tag tag :
       {tags::kPatientBirthDate, tags::kPatientSex, tags::kStudyDate, tags::kStudyTime,
        tags::kStudyId, tags::kAccessionNumber, tags::kReferringPhysicianName}) {
    EXPECT_TRUE(data.exists(tag)) << tag.group << " " << tag.element;
    EXPECT_EQ(data.text(tag), "");
  }
  EXPECT_EQ(data.integer(tags::kInstanceNumber), 1);
}

TEST(ObjectHeader, KeepsTheCharacterSetAndSaysOnThatNamesWereRemoved) {
  NewDicom made = full_mammogram();
  made.data().set(tags::kSpecificCharacterSet, "ISO_IR 100");
  made.data().set(tags::kPatientName, "M\xfcller^Eva");
  made.data().set(tags::kPatientIdentityRemoved, "YES");
  const Reopened object = header_of({searched_image(Reopened(std::move(made)).file, {})});
  const DataSet data = object.file.data();
  EXPECT_EQ(data.text(tags::kPatientName), "M\xc3\xbcller^Eva");
  EXPECT_EQ(data.text(tags::kSpecificCharacterSet), "ISO_IR 100");
  EXPECT_EQ(data.text(tags::kPatientIdentityRemoved), "YES");
}

TEST(ObjectHeader, UidsChangeWithWhatIsSaidAndTheSeriesWithWhoSaysIt) {
  Algorithm other = kAlgorithm;
  other.model = "other.safetensors";
  const Reopened a = header_of({image_with(1)}), b = header_of({image_with(2)}),
                 c = header_of({image_with(1)}, other);
  const DataSet one = a.file.data(), two = b.file.data(), three = c.file.data();
  EXPECT_NE(one.text(tags::kSopInstanceUid), two.text(tags::kSopInstanceUid));
  EXPECT_EQ(one.text(tags::kSeriesInstanceUid), two.text(tags::kSeriesInstanceUid));
  EXPECT_NE(one.text(tags::kSopInstanceUid), three.text(tags::kSopInstanceUid));
  EXPECT_NE(one.text(tags::kSeriesInstanceUid), three.text(tags::kSeriesInstanceUid));
}

TEST(ObjectHeader, NeedsImagesOfOneStudy) {
  NewDicom made = full_mammogram(1);
  EXPECT_ERROR(header_of({}), defect, "about no image");
  made.data().set(tags::kStudyInstanceUid, uid_from("another study"));
  const SearchedImage other = searched_image(Reopened(std::move(made)).file, {});
  EXPECT_ERROR(header_of({image_with(0), other}), defect, "about several studies");
}

}  // namespace
}  // namespace mammograft
