#include "core/safetensors.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "core/files.h"
#include "core/json.h"
#include "core/testing.h"

namespace mammograft {
namespace {

template <typename T>
std::string bytes_of(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

// The bytes of a file with any header, also an illegal one.
std::string file_bytes(const std::string& header, const std::string& data, int64_t length = -1) {
  const uint64_t n = length < 0 ? header.size() : static_cast<uint64_t>(length);
  std::string prefix(8, '\0');
  for (int i = 0; i < 8; ++i) prefix[i] = static_cast<char>(n >> (8 * i));
  return prefix + header + data;
}

std::string entry(const std::string& dtype, const std::string& shape, const std::string& offsets) {
  return fmt::format(R"({{"dtype":"{}","shape":{},"data_offsets":{}}})", dtype, shape, offsets);
}

class Malformed : public ::testing::Test {
 protected:
  // Both readers must refuse `bytes`, naming the file.
  void expect_rejected(const std::string& bytes, const std::string& text) {
    const fs::path path = folder_ / "model.safetensors";
    write_file(path, bytes);
    EXPECT_ERROR(read_safetensors(path), bad_input, text);
    EXPECT_ERROR(read_safetensors(path), bad_input, path.string());
    EXPECT_ERROR(read_safetensors_header(path), bad_input, text);
  }
  void expect_header_rejected(const std::string& header, size_t data_size,
                              const std::string& text) {
    expect_rejected(file_bytes(header, std::string(data_size, 'd')), text);
  }

  TestFolder folder_;
};

// Written by the reference implementation: tests/golden/core/make_safetensors.py.
TEST(SafeTensors, ReadsTheReference) {
  const SafeTensors content =
      read_safetensors(MAMMOGRAFT_SOURCE_DIR "/tests/golden/core/reference.safetensors");
  EXPECT_EQ(content.metadata, (std::map<std::string, std::string>{
                                  {"format", "pt"}, {"note", "quoted \"text\", \u00e9"}}));
  ASSERT_EQ(content.tensors.size(), 7u);
  const auto expect = [&](const std::string& name, const std::string& dtype,
                          const std::vector<int64_t>& shape, const std::string& bytes) {
    const RawTensor& tensor = content.tensors.at(name);
    EXPECT_EQ(tensor.dtype, dtype) << name;
    EXPECT_EQ(tensor.shape, shape) << name;
    EXPECT_EQ(tensor.bytes, bytes) << name;
  };
  expect("layer.weight", "F32", {2, 3}, bytes_of<float>({0, 0.5, -1.25, 1e-30f, 3, -7}));
  expect("half", "F16", {2}, bytes_of<uint16_t>({0x3E00, 0xB400}));
  expect("brain", "BF16", {2}, bytes_of<uint16_t>({0x3F80, 0xC120}));
  expect("steps", "I64", {}, bytes_of<int64_t>({-123456789012}));
  expect("flags", "BOOL", {3}, std::string("\1\0\1", 3));
  expect("bytes", "U8", {1, 5}, "hello");
  expect("empty", "F32", {0, 4}, "");
}

// Our bytes differ from the reference's only in the order of names within one element size.
TEST(SafeTensors, RoundTripIsBitExactAndDeterministic) {
  const TestFolder folder;
  const fs::path reference = MAMMOGRAFT_SOURCE_DIR "/tests/golden/core/reference.safetensors";
  const SafeTensors content = read_safetensors(reference);
  write_safetensors(folder / "a", content);
  write_safetensors(folder / "b", read_safetensors(folder / "a"));
  const std::string bytes = read_file(folder / "a");
  EXPECT_EQ(bytes, read_file(folder / "b"));
  EXPECT_EQ(bytes.size(), read_file(reference).size());
  EXPECT_EQ(static_cast<unsigned char>(bytes[0]) % 8, 0);
  const SafeTensors again = read_safetensors(folder / "a");
  EXPECT_EQ(again.metadata, content.metadata);
  for (const auto& [name, tensor] : content.tensors) {
    EXPECT_EQ(again.tensors.at(name).dtype, tensor.dtype) << name;
    EXPECT_EQ(again.tensors.at(name).shape, tensor.shape) << name;
    EXPECT_EQ(again.tensors.at(name).bytes, tensor.bytes) << name;
  }
}

TEST(SafeTensors, TensorsAreAlignedToTheirElements) {
  const TestFolder folder;
  SafeTensors content;
  content.tensors["a"] = {"U8", {3}, "abc"};
  content.tensors["b"] = {"F32", {1}, "bbbb"};
  content.tensors["c"] = {"I64", {1}, "cccccccc"};
  write_safetensors(folder / "a", content);
  const std::string bytes = read_file(folder / "a");
  EXPECT_EQ(bytes.substr(bytes.size() - 15), "ccccccccbbbbabc");
  EXPECT_EQ((bytes.size() - 15) % 8, 0u);
}

TEST(SafeTensors, HeaderOnly) {
  const SafeTensors content =
      read_safetensors_header(MAMMOGRAFT_SOURCE_DIR "/tests/golden/core/reference.safetensors");
  EXPECT_EQ(content.metadata.at("format"), "pt");
  EXPECT_EQ(content.tensors.at("layer.weight").shape, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(content.tensors.at("layer.weight").bytes, "");
}

// Newer programs write types that we have no name for: their bytes are where the header says.
TEST(SafeTensors, AnUnknownDtypeIsKept) {
  const TestFolder folder;
  const std::string header =
      "{\"a\":" + entry("F4", "[3]", "[0,2]") + ",\"b\":" + entry("U8", "[1]", "[2,3]") + "}";
  write_file(folder / "a", file_bytes(header, "xyz"));
  const SafeTensors content = read_safetensors(folder / "a");
  EXPECT_EQ(content.tensors.at("a").dtype, "F4");
  EXPECT_EQ(content.tensors.at("a").shape, std::vector<int64_t>{3});
  EXPECT_EQ(content.tensors.at("a").bytes, "xy");
  EXPECT_EQ(content.tensors.at("b").bytes, "z");
}

TEST(SafeTensors, EmptyContent) {
  const TestFolder folder;
  write_safetensors(folder / "a", {});
  const SafeTensors content = read_safetensors(folder / "a");
  EXPECT_TRUE(content.tensors.empty());
  EXPECT_TRUE(content.metadata.empty());
}

TEST(SafeTensors, WritingAContradictionIsADefect) {
  const TestFolder folder;
  const auto write = [&](const RawTensor& tensor) {
    SafeTensors content;
    content.tensors["w"] = tensor;
    write_safetensors(folder / "a", content);
  };
  EXPECT_ERROR(write({"F32", {2}, "1234"}), defect, "w: shape [2] of F32 contradicts its 4 bytes");
  EXPECT_ERROR(write({"F31", {1}, "1234"}), defect, "w: ");
  EXPECT_ERROR(write({"U8", {-1, -4}, "1234"}), defect, "w: ");
  EXPECT_FALSE(fs::exists(folder / "a"));
}

TEST(SafeTensors, DtypeSizes) {
  EXPECT_EQ(dtype_size("BOOL"), 1);
  EXPECT_EQ(dtype_size("BF16"), 2);
  EXPECT_EQ(dtype_size("F32"), 4);
  EXPECT_EQ(dtype_size("F64"), 8);
  EXPECT_EQ(dtype_size("F31"), 0);
  EXPECT_EQ(dtype_size(""), 0);
}

TEST(SafeTensors, UnreadableFiles) {
  const TestFolder folder;
  EXPECT_ERROR(read_safetensors(folder / "none"), io, "none: cannot read: No such file");
  EXPECT_ERROR(read_safetensors(folder.path()), io, "cannot read");
  EXPECT_ERROR(read_safetensors_header("/dev/null"), io, "cannot read");
}

// Every proper prefix of a good file.
TEST_F(Malformed, CutShortAnywhere) {
  const std::string whole =
      read_file(MAMMOGRAFT_SOURCE_DIR "/tests/golden/core/reference.safetensors");
  for (size_t size = 0; size < whole.size(); size += size < 16 || size > 480 ? 1 : 7) {
    SCOPED_TRACE(size);
    expect_rejected(whole.substr(0, size), size >= 496 ? "is it cut short?" : "not safetensors");
  }
  expect_rejected(whole + "x", "1 bytes after the last tensor");
}

TEST_F(Malformed, HeaderLength) {
  expect_rejected(file_bytes("{}", "", 3), "header of 3 bytes in a file of 10");
  expect_rejected(file_bytes("{}", "", INT64_MAX), "cut short");
  expect_rejected(std::string(8, '\xff') + "{}", "cut short");
  expect_rejected(file_bytes("", ""), "not JSON");
}

TEST_F(Malformed, HeaderIsNotWhatItShouldBe) {
  expect_header_rejected("{\"a\": ", 0, "not JSON");
  expect_header_rejected("[]", 0, "expected a header that is an object");
  expect_header_rejected(R"({"w":3})", 0, "w: expected an object with dtype, found 3");
  expect_header_rejected(R"({"w":{"dtype":"F32"}})", 0, "w.shape: missing");
  expect_header_rejected(R"({"__metadata__":{"a":1}})", 0, "__metadata__.a: expected a text");
  expect_header_rejected(R"({"__metadata__":"a"})", 0, "__metadata__: expected an object");
}

TEST_F(Malformed, Tensors) {
  const auto one = [](const std::string& dtype, const std::string& shape,
                      const std::string& offsets) {
    return "{\"w\":" + entry(dtype, shape, offsets) + "}";
  };
  expect_header_rejected(one("F32", "[2]", "[0,4]"), 4,
                         "w: shape [2] of F32 contradicts its 4 bytes");
  expect_header_rejected(one("F32", "[-1]", "[0,4]"), 4, "w.shape[0]: expected a size of at least");
  expect_header_rejected(one("F32", "[1.5]", "[0,4]"), 4, "w.shape[0]: expected an integer");
  expect_header_rejected(one("F32", "1", "[0,4]"), 4, "w.shape: expected an array");
  expect_header_rejected(one("F32", "[1]", "[4,0]"), 4, "expected a begin before the end");
  expect_header_rejected(one("F32", "[1]", "[0]"), 4, "expected two offsets");
  expect_header_rejected(one("F32", "[1]", "[-4,0]"), 4, "expected an offset of at least 0");
  expect_header_rejected(one("F32", "[1]", "[4,8]"), 8, "begin at 4, expected 0 (a gap)");
  expect_header_rejected(one("F32", "[1]", "[0,4]"), 3, "(is it cut short?)");
}

TEST_F(Malformed, OverlapsAndGaps) {
  const auto two = [](const std::string& first, const std::string& second) {
    return "{\"a\":" + entry("F32", "[1]", first) + ",\"b\":" + entry("F32", "[1]", second) + "}";
  };
  expect_header_rejected(two("[0,4]", "[2,6]"), 6, "b: its bytes begin at 2, expected 4 (tensors");
  expect_header_rejected(two("[0,4]", "[0,4]"), 4, "tensors overlap");
  expect_header_rejected(two("[5,9]", "[0,4]"), 9, "a: its bytes begin at 5, expected 4 (a gap)");
}

// Sizes that overflow, or that no memory could hold, must be refused before memory is taken.
TEST_F(Malformed, HugeSizesAllocateNothing) {
  const std::string big = "[4294967296,4294967296,4294967296]";
  expect_header_rejected("{\"w\":" + entry("F32", big, "[0,0]") + "}", 0,
                         "contradicts its 0 bytes");
  expect_header_rejected("{\"w\":" + entry("U8", "[1099511627776]", "[0,1099511627776]") + "}", 4,
                         "(is it cut short?)");
  expect_header_rejected(
      "{\"w\":" + entry("U8", "[9223372036854775807]", "[0,9223372036854775807]") + "}", 4,
      "(is it cut short?)");
  expect_header_rejected("{\"w\":" + entry("U8", "[18446744073709551615]", "[0,1]") + "}", 1,
                         "w.shape[0]: expected an integer");
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  EXPECT_LT(usage.ru_maxrss, 512 * 1024) << "kilobytes";
}

}  // namespace
}  // namespace mammograft
