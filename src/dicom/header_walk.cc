#include "dicom/header_walk.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

namespace mammograft {
namespace {

constexpr int64_t kOpenEnd = std::numeric_limits<int64_t>::max();
constexpr uint32_t kUndefined = 0xFFFFFFFF;

constexpr int64_t kHarmless = 1 << 24;  // bytes that may be taken for nothing
constexpr const char* kImplicitUid = "1.2.840.10008.1.2";
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
  explicit Walk(const std::filesystem::path& file) : stream_(file, std::ios::binary) {
    std::array<char, 132> preamble{};
    stream_.read(preamble.data(), preamble.size());
    const bool has_preamble = stream_.gcount() == 132 && std::string(&preamble[128], 4) == "DICM";
    at_ = has_preamble ? 132 : 0;
    std::error_code unknown;
    size_ = static_cast<int64_t>(std::filesystem::file_size(file, unknown));
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
    if (!of_file && syntax_ == kDeflatedUid) return false;
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
    if (head.tag == 0x00020010) read_syntax(head.length);
    if (head.tag == 0x7FE00010) {  // the pixels: nothing nests behind them
      at_ = size_;
    } else if (open || head.vr == "SQ" || begins_with_item()) {
      ends_.push_back(open ? kOpenEnd : at_ + head.length);
    } else {
      at_ += head.length;
    }
  }

  std::ifstream stream_;
  int64_t at_ = 0;
  int64_t size_ = 0;
  bool big_ = false;
  std::string syntax_;         // its UID, once it is known
  std::vector<int64_t> ends_;  // of the sequences that are open
};

}  // namespace

std::string header_problem(const std::filesystem::path& file, int deepest) {
  return Walk(file).problem(deepest);
}

}  // namespace mammograft
