#include "dicom/dicom_file.h"

#include <gtest/gtest.h>

#include "core/files.h"
#include "dicom/testing.h"

namespace mammograft {
namespace {

TEST(DicomFile, IsKnownByItsContentNotByItsName) {
  const Reopened made(new_mammogram(noise_image(8, 8, 12), 12));
  const fs::path folder = made.folder.path();
  const std::string bytes = read_file(made.file.path());
  write_file(folder / "no_suffix", bytes);
  write_file(folder / "no_preamble", std::string_view(bytes).substr(132));
  write_file(folder / "text.dcm", std::string(500, 'x'));
  write_file(folder / "short.dcm", "DICM");
  EXPECT_TRUE(looks_like_dicom(folder / "no_suffix"));
  EXPECT_EQ(DicomFile(folder / "no_suffix").data().text(tags::kPatientId), "p1");
  EXPECT_TRUE(looks_like_dicom(folder / "no_preamble"));
  EXPECT_EQ(DicomFile(folder / "no_preamble").data().text(tags::kPatientId), "p1");
  for (const char* name : {"text.dcm", "short.dcm"}) {
    EXPECT_FALSE(looks_like_dicom(folder / name));
    EXPECT_ERROR(DicomFile(folder / name), bad_input, "is no DICOM file");
  }
  EXPECT_FALSE(looks_like_dicom(folder / "nowhere"));
  EXPECT_ERROR(DicomFile(folder / "nowhere"), io, "nowhere: cannot be read");
}

TEST(DicomFile, TextIsInUtf8WhateverTheFileSays) {
  const auto read_id = [](const std::string& set, const std::string& id) {
    NewDicom made = new_mammogram(noise_image(8, 8, 12), 12);
    if (!set.empty()) made.data().set({0x0008, 0x0005}, set);
    made.data().set(tags::kPatientId, id);
    return Reopened(std::move(made)).file.data().text(tags::kPatientId);
  };
  EXPECT_EQ(read_id("ISO_IR 100", "M\xfcller"), "M\xc3\xbcller");
  EXPECT_EQ(read_id("ISO_IR 192", "M\xc3\xbcller"), "M\xc3\xbcller");
  EXPECT_EQ(read_id("NOBODY 7", "M\xfcller"), "M\\xfcller");
  EXPECT_EQ(read_id("", " padded "), "padded");
}

TEST(DicomFile, WhatIsCutOffIsReadAsFarAsItGoes) {
  const Reopened made(new_mammogram(noise_image(64, 64, 12), 12));
  const std::string bytes = read_file(made.file.path());
  write_file(made.folder.path() / "cut.dcm", std::string_view(bytes).substr(0, bytes.size() - 900));
  const DicomFile cut(made.folder.path() / "cut.dcm");
  EXPECT_EQ(cut.data().text(tags::kViewPosition), "CC");
}

TEST(Uid, IsMadeOfItsBytesAndShort) {
  EXPECT_EQ(uid_from("a"), uid_from("a"));
  EXPECT_NE(uid_from("a"), uid_from("b"));
  EXPECT_LE(uid_from("a").size(), 64u);
  EXPECT_EQ(uid_from("a").find_first_not_of("0123456789."), std::string::npos);
}

}  // namespace
}  // namespace mammograft
