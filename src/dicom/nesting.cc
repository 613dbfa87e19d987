#include "dicom/nesting.h"

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
  }

  bool stays_within(int limit) {
    ElementHead head;
    while (static_cast<int>(ends_.size()) <= limit) {
      while (!ends_.empty() && at_ >= ends_.back()) ends_.pop_back();
      if (!read(head)) return true;
      enter(head);
    }
    return false;
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
    if (head.tag == 0x7FE00010) return false;  // the pixels: nothing nests behind them
    const auto is_letter = [](unsigned char c) { return c >= 'A' && c <= 'Z'; };
    const bool has_vr = head.tag >> 16 != 0xFFFE && is_letter(bytes[4]) && is_letter(bytes[5]);
    head.vr = has_vr ? std::string{static_cast<char>(bytes[4]), static_cast<char>(bytes[5])} : "";
    const bool is_long =
        std::string("OB OD OF OL OV OW SQ UC UN UR UT SV UV").find(head.vr) != std::string::npos;
    if (has_vr && is_long) {
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

  void enter(const ElementHead& head) {
    if (head.tag == 0xFFFEE000 || head.tag == 0xFFFEE00D) return;  // an item: its elements follow
    if (head.tag == 0xFFFEE0DD) {
      if (!ends_.empty()) ends_.pop_back();
      return;
    }
    const bool open = head.length == kUndefined;
    if (open || head.vr == "SQ" || begins_with_item()) {
      ends_.push_back(open ? kOpenEnd : at_ + head.length);
    } else {
      at_ += head.length;
    }
  }

  std::ifstream stream_;
  int64_t at_ = 0;
  bool big_ = false;
  std::vector<int64_t> ends_;  // of the sequences that are open
};

}  // namespace

bool nests_no_deeper(const std::filesystem::path& file, int limit) {
  return Walk(file).stays_within(limit);
}

}  // namespace mammograft
