#include "dicom/dicom_files.h"

#include <gtest/gtest.h>

#include "core/files.h"
#include "core/testing.h"
#include "dicom/testing.h"

namespace mammograft {
namespace {

constexpr Tag kRecords{0x0004, 0x1220}, kFileId{0x0004, 0x1500};

class DicomFilesTest : public testing::Test {
 protected:
  void write(const std::string& name) const {
    const fs::path file = folder_.path() / name;
    create_folder(file.parent_path());
    new_mammogram(cv::Mat(8, 8, CV_16UC1, cv::Scalar(5)), 12)
        .write(file, transfer_syntax::kExplicitLittleEndian);
  }
  // A media directory with these file ids.
  fs::path write_directory(const std::vector<std::string>& ids) const {
    NewDicom made;
    made.data().set(tags::kSopClassUid, "1.2.840.10008.1.3.10");
    made.data().set(tags::kSopInstanceUid, "1.2.3.4");
    made.data().add_item(kRecords).set(Tag{0x0004, 0x1430}, "PATIENT");  // lists no file
    for (const std::string& id : ids) made.data().add_item(kRecords).set(kFileId, id);
    const fs::path path = folder_.path() / "DICOMDIR";
    made.write(path, transfer_syntax::kExplicitLittleEndian);
    return path;
  }
  std::vector<std::string> names(const std::vector<std::string>& inputs) const {
    std::vector<std::string> names;
    for (const fs::path& path : dicom_files(inputs))
      names.push_back(path.lexically_relative(folder_.path()).string());
    return names;
  }
  TestFolder folder_;
};

TEST_F(DicomFilesTest, OfAFolderAreThoseWhoseContentIsDicom) {
  write("b/IM1");
  write("a.dcm");
  write("._a.dcm");
  write_file(folder_.path() / "notes.txt", "none");
  write_directory({"B\\IM1"});
  EXPECT_EQ(names({folder_.path().string()}), (std::vector<std::string>{"a.dcm", "b/IM1"}));
  const std::string one = (folder_.path() / "a.dcm").string();
  EXPECT_EQ(names({one, one}).size(), 1u);
  EXPECT_ERROR(dicom_files({(folder_.path() / "notes.txt").string()}), bad_input, "notes.txt");
}

// File ids are in capitals, names on the disk need not be.
TEST_F(DicomFilesTest, OfADicomdirAreThoseThatItLists) {
  write("series/im1");
  write("series/im2");
  const fs::path directory = write_directory({"SERIES\\IM2"});
  EXPECT_EQ(names({directory.string()}), (std::vector<std::string>{"series/im2"}));
}

TEST_F(DicomFilesTest, OfADicomdirDoNotLeaveItsFolder) {
  EXPECT_ERROR(dicom_files({write_directory({"..\\..\\ETC"}).string()}), bad_input,
               "a file id leaves the folder");
}

}  // namespace
}  // namespace mammograft
