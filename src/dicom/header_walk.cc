#include "dicom/header_walk.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <limits>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace mammograft {
namespace {

constexpr int64_t kOpenEnd = std::numeric_limits<int64_t>::max();
constexpr uint32_t kUndefined = 0xFFFFFFFF;

constexpr int64_t kHarmless = 1 << 24;  // bytes that may be taken for nothing
constexpr const char* kImplicitUid = "1.2.840.10008.1.2";
constexpr int64_t kMostInflated = 1 << 28;  // as large as the largest picture
constexpr const char* kExplicitUid = "1.2.840.10008.1.2.1";
constexpr const char* kDeflatedUid = "1.2.840.10008.1.2.1.99";

bool is_one_in(const std::string& list, const std::string& vr) {
  return list.find(vr) != std::string::npos;
}

// With a length of 32 bits, and the others (PS3.5, 6.2 and 7.1.2).
bool is_long_vr(const std::string& vr) {
  return is_one_in("OB OD OF OL OV OW SQ SV UC UN UR UT UV", vr);
}
bool is_vr(const std::string& vr) {
  return is_long_vr(vr) ||
         is_one_in("AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US", vr);
}

struct ElementHead {
  uint32_t tag = 0;
  std::string vr;  // empty: implicit
  uint32_t length = 0;
};

// Walks over the heads of elements, into sequences and over values.
class Walk {
 public:
  // From byte `at` of a stream of `size` bytes. `syntax`: a UID, empty where none is known yet.
  Walk(std::istream& stream, int64_t at, int64_t size, std::string syntax)
      : stream_(stream), at_(at), size_(size), syntax_(std::move(syntax)) {}

  bool is_deflated() const { return syntax_ == kDeflatedUid; }
  // Where a deflated data set may begin: behind the last attribute of group 2, or where the group's
  // own length has its end. Readers go by either.
  std::set<int64_t> ends_of_file_header() const {
    return end_by_length_ > 0 ? std::set{at_, end_by_length_} : std::set{at_};
  }

  std::string problem(int deepest) {
    ElementHead head;
    while (static_cast<int>(ends_.size()) <= deepest) {
      while (!ends_.empty() && at_ >= ends_.back()) ends_.pop_back();
      if (!read(head)) return "";
      if (head.length != kUndefined && head.length > std::max(size_, kHarmless))
        return fmt::format("an attribute of {} bytes in a file of {}", head.length, size_);
      enter(head);
    }
    return fmt::format("sequences lie more than {} deep in each other", deepest);
  }

 private:
  // Element heads of the file's own header are little endian; a data set of the other order shows
  // by its group.
  uint32_t number(const unsigned char* bytes, int count) const {
    uint32_t value = 0;
    for (int i = 0; i < count; ++i)
      value |= static_cast<uint32_t>(bytes[big_ ? count - 1 - i : i]) << (8 * i);
    return value;
  }

  bool read(ElementHead& head) {
    std::array<unsigned char, 12> bytes{};
    stream_.clear();
    stream_.seekg(at_);
    stream_.read(reinterpret_cast<char*>(bytes.data()), bytes.size());
    if (stream_.gcount() < 8) return false;
    if (bytes[0] == 0 && bytes[1] == 8) big_ = true;
    head.tag = number(&bytes[0], 2) << 16 | number(&bytes[2], 2);
    const bool of_file = head.tag >> 16 == 2;
    if (!of_file && is_deflated()) return false;
    const std::string vr{static_cast<char>(bytes[4]), static_cast<char>(bytes[5])};
    const bool implicit = !of_file && syntax_ == kImplicitUid;
    const bool has_vr = head.tag >> 16 != 0xFFFE && !implicit && is_vr(vr);
    head.vr = has_vr ? vr : "";
    if (has_vr && is_long_vr(vr)) {
      head.length = number(&bytes[8], 4);
      at_ += 12;
    } else {
      head.length = has_vr ? number(&bytes[6], 2) : number(&bytes[4], 4);
      at_ += 8;
    }
    return true;
  }

  bool begins_with_item() {
    std::array<unsigned char, 4> bytes{};
    stream_.clear();
    stream_.seekg(at_);
    stream_.read(reinterpret_cast<char*>(bytes.data()), bytes.size());
    return stream_.gcount() == 4 &&
           (number(&bytes[0], 2) << 16 | number(&bytes[2], 2)) == 0xFFFEE000;
  }

  void read_group_length() {
    std::array<unsigned char, 4> bytes{};
    stream_.clear();
    stream_.seekg(at_);
    stream_.read(reinterpret_cast<char*>(bytes.data()), bytes.size());
    end_by_length_ = at_ + 4 + number(bytes.data(), 4);
  }

  void read_syntax(uint32_t length) {
    constexpr uint32_t kLongestUid = 64;
    std::string uid(std::min(length, kLongestUid), '\0');
    stream_.clear();
    stream_.seekg(at_);
    stream_.read(uid.data(), static_cast<std::streamsize>(uid.size()));
    syntax_ = uid.substr(0, uid.find_last_not_of(std::string(" \0", 2)) + 1);
  }

  void enter(const ElementHead& head) {
    if (head.tag == 0xFFFEE000 || head.tag == 0xFFFEE00D) return;  // an item: its elements follow
    if (head.tag == 0xFFFEE0DD) {
      if (!ends_.empty()) ends_.pop_back();
      return;
    }
    const bool open = head.length == kUndefined;
    if (head.tag == 0x00020000) read_group_length();
    if (head.tag == 0x00020010) read_syntax(head.length);
    if (head.tag == 0x7FE00010) {  // the pixels: nothing nests behind them
      at_ = size_;
    } else if (open || head.vr == "SQ" || begins_with_item()) {
      ends_.push_back(open ? kOpenEnd : at_ + head.length);
    } else {
      at_ += head.length;
    }
  }

  std::istream& stream_;
  int64_t at_ = 0;
  int64_t size_ = 0;
  int64_t end_by_length_ = 0;  // 0: group 2 tells none
  bool big_ = false;
  std::string syntax_;
  std::vector<int64_t> ends_;  // of the sequences that are open
};

int64_t start_of(std::istream& stream) {
  std::array<char, 132> preamble{};
  stream.read(preamble.data(), preamble.size());
  return stream.gcount() == 132 && std::string(&preamble[128], 4) == "DICM" ? 132 : 0;
}

// The data set of a deflated file (PS3.5, A.5), up to its pixels' first bytes at the latest.
std::string inflated(std::istream& stream, int64_t at) {
  stream.clear();
  stream.seekg(at);
  const std::string packed(std::istreambuf_iterator<char>(stream), {});
  std::string bytes(static_cast<size_t>(kMostInflated), '\0');
  z_stream state{};
  if (inflateInit2(&state, -MAX_WBITS) != Z_OK) return "";
  state.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  state.avail_in = static_cast<uInt>(packed.size());
  state.next_out = reinterpret_cast<Bytef*>(bytes.data());
  state.avail_out = static_cast<uInt>(bytes.size());
  inflate(&state, Z_FINISH);
  bytes.resize(state.total_out);
  inflateEnd(&state);
  return bytes;
}

}  // namespace

std::string header_problem(const std::filesystem::path& file, int deepest) {
  std::ifstream stream(file, std::ios::binary);
  const int64_t start = start_of(stream);
  std::error_code unknown;
  const auto size = static_cast<int64_t>(std::filesystem::file_size(file, unknown));
  Walk walk(stream, start, size, "");
  const std::string problem = walk.problem(deepest);
  if (!problem.empty() || !walk.is_deflated()) return problem;
  for (const int64_t at : walk.ends_of_file_header()) {
    if (at >= size) continue;
    std::istringstream data(inflated(stream, at));
    const auto inflated_size = static_cast<int64_t>(data.view().size());
    const std::string within = Walk(data, 0, inflated_size, kExplicitUid).problem(deepest);
    if (!within.empty()) return within;
  }
  return "";
}

}  // namespace mammograft
