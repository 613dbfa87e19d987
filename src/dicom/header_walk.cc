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
constexpr int64_t kFirstInflated = 1 << 16;  // holds most headers
constexpr int64_t kMostInflated = 1 << 28;   // as large as the largest picture
constexpr int64_t kMostPacked = 1032;        // bytes that deflate makes one of at most
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
  // From byte `at` of a stream that may have `size` bytes, but of which less may be there yet.
  // `syntax`: a UID, empty where none is known yet.
  Walk(std::istream& stream, int64_t at, int64_t size, std::string syntax)
      : stream_(stream), at_(at), size_(size), syntax_(std::move(syntax)) {}

  bool is_deflated() const { return syntax_ == kDeflatedUid; }
  bool is_at_pixels() const { return is_at_pixels_; }
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
      const int64_t most = std::max(size_, kHarmless);
      if (head.length != kUndefined && head.length > most)
        return fmt::format("an attribute of {} bytes, expected at most {}", head.length, most);
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
      if (stream_.gcount() < std::ssize(bytes)) return false;
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
    if (head.tag == 0x7FE00010 && head.vr != "SQ" && head.vr != "UN") {
      enter_pixels(head);
    } else if (open || head.vr == "SQ" || begins_with_item()) {
      ends_.push_back(open ? kOpenEnd : at_ + head.length);
    } else {
      at_ += head.length;
    }
  }

  // Nothing nests behind the picture's own pixels. Those of an icon lie in a sequence, and more may
  // follow them. (What calls itself pixels and a sequence, DCMTK reads as one.)
  void enter_pixels(const ElementHead& head) {
    if (ends_.empty()) {
      is_at_pixels_ = true;
      at_ = size_;
    } else if (head.length == kUndefined) {
      skip_fragments();
    } else {
      at_ += head.length;
    }
  }

  // Of compressed pixels: bytes, though they stand in items.
  void skip_fragments() {
    ElementHead item;
    while (read(item) && item.tag == 0xFFFEE000 && item.length <= size_) at_ += item.length;
  }

  std::istream& stream_;
  int64_t at_ = 0;
  int64_t size_ = 0;
  int64_t end_by_length_ = 0;  // 0: group 2 tells none
  bool big_ = false;
  bool is_at_pixels_ = false;
  std::string syntax_;
  std::vector<int64_t> ends_;  // of the sequences that are open
};

int64_t start_of(std::istream& stream) {
  std::array<char, 132> preamble{};
  stream.read(preamble.data(), preamble.size());
  return stream.gcount() == 132 && std::string(&preamble[128], 4) == "DICM" ? 132 : 0;
}

// The data set of a deflated file (PS3.5, A.5), as much of it as was asked for.
class InflatedStart {
 public:
  InflatedStart(std::istream& stream, int64_t at) : stream_(stream) {
    stream_.clear();
    stream_.seekg(at);
    is_all_ = inflateInit2(&state_, -MAX_WBITS) != Z_OK;
  }
  ~InflatedStart() { inflateEnd(&state_); }
  InflatedStart(const InflatedStart&) = delete;
  InflatedStart& operator=(const InflatedStart&) = delete;

  const std::string& bytes() const { return bytes_; }
  bool is_all() const { return is_all_; }  // what is damaged ends there

  void grow(int64_t size) {
    size_t inflated = bytes_.size();
    bytes_.resize(static_cast<size_t>(size));
    while (inflated < bytes_.size() && !is_all_) {
      if (state_.avail_in == 0) read();
      state_.next_out = reinterpret_cast<Bytef*>(&bytes_[inflated]);
      state_.avail_out = static_cast<uInt>(bytes_.size() - inflated);
      is_all_ = inflate(&state_, Z_NO_FLUSH) != Z_OK;
      inflated = bytes_.size() - state_.avail_out;
    }
    bytes_.resize(inflated);
  }

 private:
  void read() {
    stream_.read(packed_.data(), std::ssize(packed_));
    state_.next_in = reinterpret_cast<Bytef*>(packed_.data());
    state_.avail_in = static_cast<uInt>(stream_.gcount());
  }

  std::istream& stream_;
  z_stream state_{};
  std::array<char, 1 << 14> packed_{};
  std::string bytes_;
  bool is_all_ = false;
};

// Of the data set that is deflated from byte `at` of a file of `size` bytes on. No more is inflated
// than the header: pictures of an archive would take their size for each.
std::string deflated_problem(std::istream& stream, int64_t at, int64_t size, int deepest) {
  InflatedStart start(stream, at);
  const int64_t most = std::min(kMostInflated, kMostPacked * (size - at));
  for (int64_t wanted = kFirstInflated;; wanted *= 8) {
    start.grow(std::min(wanted, most));
    const bool is_all = start.is_all() || wanted >= most;
    std::istringstream data(start.bytes());
    Walk walk(data, 0, is_all ? std::ssize(start.bytes()) : most, kExplicitUid);
    const std::string problem = walk.problem(deepest);
    if (is_all || walk.is_at_pixels() || !problem.empty()) return problem;
  }
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
    const std::string within = deflated_problem(stream, at, size, deepest);
    if (!within.empty()) return within;
  }
  return "";
}

}  // namespace mammograft
