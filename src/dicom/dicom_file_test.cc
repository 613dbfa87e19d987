#include "dicom/dicom_file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>
#include <zlib.h>

#include <cstring>
#include <fstream>

#include "core/files.h"
#include "dicom/header_walk.h"
#include "dicom/stored_pixels.h"
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

// `depth` sequences in each other, each with one item, around `inmost`.
std::string nested_sequences(int depth, const std::string& inmost = "") {
  std::string text;
  for (int i = 0; i < depth; ++i) {
    text += std::string("\x40\0\x75\x02SQ\0\0\xff\xff\xff\xff", 12);
    text += std::string("\xfe\xff\0\xe0\xff\xff\xff\xff", 8);
  }
  text += inmost;
  for (int i = 0; i < depth; ++i) {
    text += std::string("\xfe\xff\x0d\xe0\0\0\0\0", 8);
    text += std::string("\xfe\xff\xdd\xe0\0\0\0\0", 8);
  }
  return text;
}

// DCMTK recurses, and would overflow its stack.
TEST(DicomFile, SequencesDeepInEachOtherAreRefused) {
  const Reopened made(new_mammogram(noise_image(8, 8, 12), 12));
  const std::string bytes = read_file(made.file.path());
  const size_t pixels = bytes.find(std::string("\xe0\x7f\x10\0OW", 6));
  ASSERT_NE(pixels, std::string::npos);
  const auto nested = [&](int depth) {
    return bytes.substr(0, pixels) + nested_sequences(depth) + bytes.substr(pixels);
  };
  write_file(made.folder / "deep", nested(60000));
  EXPECT_ERROR(DicomFile(made.folder / "deep"), bad_input, "sequences lie more than 64 deep");
  write_file(made.folder / "fine", nested(20));
  EXPECT_EQ(DicomFile(made.folder / "fine").data().integer(tags::kRows), 8);
}

// An icon's pixels are not the picture's: what lies behind them is walked through as well.
TEST(DicomFile, WhatFollowsAnIconIsLookedAtToo) {
  const Reopened made(new_mammogram(noise_image(8, 8, 12), 12));
  const std::string bytes = read_file(made.file.path());
  const size_t pixels = bytes.find(std::string("\xe0\x7f\x10\0OW", 6));
  const std::string native("\xe0\x7f\x10\0OW\0\0\4\0\0\0\xfe\xff\0\xe0", 16);
  const std::string fragments = std::string("\xe0\x7f\x10\0OB\0\0\xff\xff\xff\xff", 12) +
                                std::string("\xfe\xff\0\xe0\0\0\0\0", 8) +
                                std::string("\xfe\xff\0\xe0\4\0\0\0\x40\0\x75\x02", 12) +
                                std::string("\xfe\xff\xdd\xe0\0\0\0\0", 8);
  for (const std::string& icon : {native, fragments}) {
    const auto problem = [&](int depth) {
      std::string file = bytes;
      file.insert(pixels, nested_sequences(1, icon) + nested_sequences(depth));
      write_file(made.folder / "icon", file);
      return header_problem(made.folder / "icon", 64);
    };
    EXPECT_EQ(problem(60), "");
    EXPECT_TRUE(problem(70).starts_with("sequences lie more than 64 deep"));
  }
}

// Made to get past the walk: pixels by their tag, a sequence by their VR.
TEST(DicomFile, SequencesThatCallThemselvesPixelsAreWalkedThrough) {
  const Reopened made(new_mammogram(noise_image(8, 8, 12), 12));
  const std::string bytes = read_file(made.file.path());
  const size_t pixels = bytes.find(std::string("\xe0\x7f\x10\0OW", 6));
  for (const std::string vr : {"SQ", "UN"}) {
    const std::string head = std::string("\xe0\x7f\x10\0", 4) + vr +
                             std::string("\0\0\xff\xff\xff\xff\xfe\xff\0\xe0\xff\xff\xff\xff", 14);
    for (const std::string& before : {std::string(), nested_sequences(1)}) {
      std::string file = bytes.substr(0, pixels) + before + head + nested_sequences(70);
      write_file(made.folder / "disguised", file);
      EXPECT_TRUE(header_problem(made.folder / "disguised", 64)
                      .starts_with("sequences lie more than 64 deep"))
          << vr;
    }
    const std::string icon = nested_sequences(1, head + nested_sequences(70));
    write_file(made.folder / "disguised", bytes.substr(0, pixels) + icon + bytes.substr(pixels));
    EXPECT_TRUE(header_problem(made.folder / "disguised", 64)
                    .starts_with("sequences lie more than 64 deep"))
        << "in an icon, " << vr;
  }
  // An icon's fragment of a length that cannot be hides nothing either.
  const std::string fragments = std::string("\xe0\x7f\x10\0OB\0\0\xff\xff\xff\xff", 12) +
                                std::string("\xfe\xff\0\xe0\xff\xff\xff\xff", 8);
  const std::string icon = nested_sequences(1, fragments + nested_sequences(70));
  write_file(made.folder / "disguised", bytes.substr(0, pixels) + icon + bytes.substr(pixels));
  EXPECT_NE(header_problem(made.folder / "disguised", 64), "");
}

TEST(DicomFile, ALengthThatCannotBeIsRefusedAlsoWhereTheDataSetIsDeflated) {
  const Reopened plain(new_mammogram(noise_image(8, 8, 12), 12));
  const Reopened deflated(new_mammogram(noise_image(8, 8, 12), 12), transfer_syntax::kDeflated);
  EXPECT_EQ(header_problem(plain.file.path(), 64), "");
  EXPECT_EQ(header_problem(deflated.file.path(), 64), "");
  std::string bytes = read_file(plain.file.path());
  const size_t pixels = bytes.find(std::string("\xe0\x7f\x10\0OW", 6));
  bytes.insert(pixels, std::string("\x28\0\x06\x30OW\0\0\0\0\0\xc0", 12));
  write_file(plain.folder / "long", bytes);
  EXPECT_ERROR(DicomFile(plain.folder / "long"), bad_input, "an attribute of 3221225472 bytes");
}

std::string deflated(const std::string& plain) {
  z_stream state{};
  EXPECT_EQ(deflateInit2(&state, Z_BEST_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY),
            Z_OK);
  std::string packed(deflateBound(&state, plain.size()), '\0');
  state.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  state.avail_in = static_cast<uInt>(plain.size());
  state.next_out = reinterpret_cast<Bytef*>(packed.data());
  state.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&state, Z_FINISH), Z_STREAM_END);
  packed.resize(state.total_out);
  deflateEnd(&state);
  return packed;
}

// Where the header of a file ends, by the length that it begins with.
size_t end_of_group_2(const std::string& bytes) {
  uint32_t length = 0;
  std::memcpy(&length, &bytes[140], sizeof(length));
  return 144 + length;
}

class DeflatedHeader : public testing::Test {
 protected:
  // With `inserted` before the pixels.
  std::string problem(const std::string& inserted) const {
    const std::string plain = read_file(plain_.file.path());
    std::string data = plain.substr(end_of_group_2(plain));
    data.insert(data.find(std::string("\xe0\x7f\x10\0OW", 6)), inserted);
    const std::string header = read_file(deflated_.file.path());
    write_file(folder_ / "file", header.substr(0, end_of_group_2(header)) + deflated(data));
    return header_problem(folder_ / "file", 64);
  }
  static std::string long_attribute() {
    const std::string length("\0\0\x10\0", 4);  // 1 MB
    return std::string("\x28\0\x06\x30OW\0\0", 8) + length + std::string(1 << 20, '\0');
  }

  const Reopened plain_{new_mammogram(noise_image(8, 8, 12), 12)};
  const Reopened deflated_{new_mammogram(noise_image(8, 8, 12), 12), transfer_syntax::kDeflated};
  const TestFolder folder_;
};

TEST_F(DeflatedHeader, IsWalkedToThePixelsHoweverLongItIs) {
  EXPECT_EQ(problem(""), "");
  EXPECT_EQ(problem(long_attribute()), "");
  EXPECT_TRUE(problem(long_attribute() + nested_sequences(70))
                  .starts_with("sequences lie more than 64 deep"));
  EXPECT_TRUE(problem(std::string("\x28\0\x06\x30OW\0\0\0\0\0\xc0", 12))
                  .starts_with("an attribute of 3221225472 bytes"));
}

// A thread for every core walks headers.
TEST_F(DeflatedHeader, TakesNoMoreMemoryThanItIsLong) {
  int64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  ASSERT_GT(pages, 0);
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_AS, &before), 0);
  rlimit limit = before;
  limit.rlim_cur = static_cast<rlim_t>(pages * sysconf(_SC_PAGESIZE) + (64 << 20));
  ASSERT_EQ(setrlimit(RLIMIT_AS, &limit), 0);
  std::string found = "out of memory";
  EXPECT_NO_THROW(found = header_problem(deflated_.file.path(), 64));
  setrlimit(RLIMIT_AS, &before);
  EXPECT_EQ(found, "");
}

TEST(DicomFile, WhatIsCutOffIsRefusedInOneLine) {
  const Reopened made(new_mammogram(noise_image(64, 64, 12), 12));
  const std::string bytes = read_file(made.file.path());
  write_file(made.folder / "cut.dcm", std::string_view(bytes).substr(0, bytes.size() - 900));
  EXPECT_ERROR(DicomFile(made.folder / "cut.dcm"), bad_input,
               "cut.dcm: the DICOM header cannot be read");
}

TEST(DicomFile, WhatTrailsBehindThePixelsIsPassedOver) {
  const Reopened made(new_mammogram(noise_image(64, 64, 12), 12));
  write_file(made.folder / "more.dcm", read_file(made.file.path()) + std::string(37, '?'));
  EXPECT_EQ(decode_pixels(DicomFile(made.folder / "more.dcm")).values.rows, 64);
}

TEST(Uid, IsMadeOfItsBytesAndShort) {
  EXPECT_EQ(uid_from("a"), uid_from("a"));
  EXPECT_NE(uid_from("a"), uid_from("b"));
  EXPECT_LE(uid_from("a").size(), 64u);
  EXPECT_EQ(uid_from("a").find_first_not_of("0123456789."), std::string::npos);
}

}  // namespace
}  // namespace mammograft
