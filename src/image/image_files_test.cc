#include "image/image_files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "core/files.h"
#include "core/testing.h"
#include "image/image_io.h"

namespace mammograft {
namespace {

class ImageFilesTest : public testing::Test {
 protected:
  void picture(const std::string& name) {
    create_folder((folder_ / name).parent_path());
    write_png(folder_ / name, cv::Mat(4, 4, CV_8UC1, cv::Scalar(7)));
  }
  void text(const std::string& name) {
    create_folder((folder_ / name).parent_path());
    write_file(folder_ / name, "text");
  }
  // Names below the folder, of what is found under `inputs`, which stand there too.
  std::vector<std::string> files_of(const std::vector<std::string>& inputs,
                                    bool keep_going = false) {
    std::vector<std::string> paths, names;
    for (const std::string& input : inputs) paths.push_back((folder_ / input).string());
    for (const fs::path& file : image_files(paths, keep_going)) {
      names.push_back(file.lexically_relative(folder_.path()).string());
    }
    return names;
  }
  using Names = std::vector<std::string>;

  const TestFolder folder_;
};

TEST_F(ImageFilesTest, FilesAndFoldersSortedAndOnce) {
  for (const char* name : {"in/b.png", "in/sub/c.PNG", "in/a.jpg", "one.png"}) picture(name);
  text("in/notes.txt");
  EXPECT_EQ(files_of({"one.png", "in", "in/b.png"}),
            (Names{"in/a.jpg", "in/b.png", "in/sub/c.PNG", "one.png"}));
}

TEST_F(ImageFilesTest, PassesOverWhatOtherSystemsLeave) {
  picture("in/a.png");
  for (const char* name :
       {"in/._a.png", "in/__MACOSX/a.png", "in/@eaDir/a.png/SYNOPHOTO_THUMB_M.jpg",
        "in/.mammograft-1-1.tmp.png", "in/$RECYCLE.BIN/a.png", "in/.thumbs/a.jpg",
        "in/lost+found/a.png", "in/sub/#recycle/a.png"}) {
    text(name);
  }
  for (const char* name : {"in/.DS_Store", "in/Thumbs.db", "in/desktop.ini"}) text(name);
  EXPECT_EQ(files_of({"in"}), Names{"in/a.png"});
  EXPECT_TRUE(is_left_beside("x/Thumbs.db"));
  EXPECT_FALSE(is_left_beside("__MACOSX/a.png")) << "its folder is passed over, not its name";
  EXPECT_FALSE(is_left_beside(".."));
  // Somebody who names the folder means it.
  fs::create_directories(folder_ / ".scans");
  fs::copy(folder_ / "in/a.png", folder_ / ".scans/a.png");
  EXPECT_EQ(files_of({".scans"}), Names{".scans/a.png"});
}

TEST_F(ImageFilesTest, NamesThatJsonCannotHold) {
  picture("in/a.png");
  picture("in/M\xFCller.png");
  picture("in/\xC3\xA4 \xE4\xB9\xB3.png");
  EXPECT_ERROR(files_of({"in"}), bad_input, "ller.png: found a name that is not UTF-8");
  EXPECT_EQ(files_of({"in"}, true), (Names{"in/a.png", "in/\xC3\xA4 \xE4\xB9\xB3.png"}));
  EXPECT_ERROR(files_of({"in/M\xFCller.png"}, true), bad_input, "not one image is left; first: ");
}

TEST_F(ImageFilesTest, EverythingIsCheckedBeforeTheWork) {
  picture("a.png");
  text("z.png");
  EXPECT_ERROR(files_of({"a.png", "z.png"}), bad_input, "z.png: found a file that begins with");
  EXPECT_ERROR(files_of({"a.png", "none.png"}), io, "none.png: cannot read: No such file");
  EXPECT_EQ(files_of({"a.png", "none.png", "z.png"}, true), (Names{"a.png", "z.png"}))
      << "whoever reads z.png skips it";
  fs::create_directory(folder_ / "empty");
  EXPECT_ERROR(files_of({"empty"}), bad_input, "empty: no image in this folder");
  EXPECT_EQ(files_of({"empty", "a.png"}, true), Names{"a.png"});
  EXPECT_ERROR(files_of({"empty"}, true), bad_input, "empty: no image in this folder");
}

TEST_F(ImageFilesTest, APipeIsNotReadAhead) {
  ASSERT_EQ(::mkfifo((folder_ / "pipe.png").c_str(), 0600), 0);
  EXPECT_EQ(files_of({"pipe.png"}), Names{"pipe.png"});
}

TEST_F(ImageFilesTest, WarnsOfOrientation) {
  picture("a.png");
  const std::string plain = encode_jpeg(cv::Mat(10, 20, CV_8UC1, cv::Scalar(9)));
  const std::string marker(
      "\xFF\xE1\0\x22"
      "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01"
      "\0\x03\0\0\0\0\0\0",
      36);
  write_file(folder_ / "turned.jpg", plain.substr(0, 2) + marker + plain.substr(2));
  testing::internal::CaptureStderr();
  files_of({"a.png", "turned.jpg"});
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_NE(said.find("turned.jpg: its EXIF orientation"), std::string::npos) << said;
  testing::internal::CaptureStderr();
  files_of({"a.png"});
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace mammograft
