// Follows maskApi.c of the COCO API (P. Dollar and T. Lin, BSD) closely enough to give the same
// runs, and checks what that code trusts.
#include "image/rle.h"

#include <algorithm>

#include "core/error.h"

namespace mammograft {
namespace {

// Appends a run of `value` to runs that begin with zeros, joining equal neighbours.
class RunWriter {
 public:
  explicit RunWriter(std::vector<uint32_t>& counts) : counts_(counts) { counts_ = {0}; }
  void append(bool value, uint32_t length) {
    if (length == 0) return;
    if (value != value_) {
      counts_.push_back(0);
      value_ = value;
    }
    counts_.back() += length;
  }

 private:
  std::vector<uint32_t>& counts_;
  bool value_ = false;
};

struct Overlap {
  int64_t both = 0, either = 0;
};

// Walks the runs of two masks of equal size; visit(in a, in b, length) for each common stretch.
template <typename Visit>
void walk(const Rle& a, const Rle& b, Visit visit) {
  ensure(a.height == b.height && a.width == b.width,
         "rle: expected two masks of equal size, got {} x {} and {} x {}", a.width, a.height,
         b.width, b.height);
  size_t i = 0, j = 0;
  uint32_t left_a = a.counts.empty() ? 0 : a.counts[0];
  uint32_t left_b = b.counts.empty() ? 0 : b.counts[0];
  while (true) {
    while (left_a == 0 && i + 1 < a.counts.size()) left_a = a.counts[++i];
    while (left_b == 0 && j + 1 < b.counts.size()) left_b = b.counts[++j];
    const uint32_t length = std::min(left_a, left_b);
    if (length == 0) return;
    visit(i % 2 == 1, j % 2 == 1, length);
    left_a -= length;
    left_b -= length;
  }
}

Rle merge(const Rle& a, const Rle& b) {
  Rle result{a.height, a.width, {}};
  RunWriter writer(result.counts);
  walk(a, b, [&](bool in_a, bool in_b, uint32_t n) { writer.append(in_a || in_b, n); });
  return result;
}

}  // namespace

Rle encode_rle(const cv::Mat& mask) {
  ensure(mask.type() == CV_8UC1, "encode_rle: mask: expected CV_8UC1, got type {}", mask.type());
  Rle rle{mask.rows, mask.cols, {}};
  RunWriter writer(rle.counts);
  const cv::Mat columns = mask.t();  // so that a column is contiguous
  for (int x = 0; x < columns.rows; ++x) {
    const unsigned char* p = columns.ptr(x);
    for (int y = 0, start = 0; y < columns.cols; start = y) {
      const bool value = p[y] != 0;
      while (y < columns.cols && (p[y] != 0) == value) ++y;
      writer.append(value, uint32_t(y - start));
    }
  }
  return rle;
}

cv::Mat decode_rle(const Rle& rle) {
  cv::Mat columns = cv::Mat::zeros(rle.width, rle.height, CV_8UC1);
  size_t at = 0;
  for (size_t i = 0; i < rle.counts.size(); at += rle.counts[i++]) {
    ensure(at + rle.counts[i] <= columns.total(), "decode_rle: runs are longer than {} x {}",
           rle.width, rle.height);
    if (i % 2 == 1) std::fill_n(columns.data + at, rle.counts[i], uint8_t{1});
  }
  return columns.t();
}

int64_t area(const Rle& rle) {
  int64_t sum = 0;
  for (size_t i = 1; i < rle.counts.size(); i += 2) sum += rle.counts[i];
  return sum;
}

Box bounds(const Rle& rle) {
  int64_t x0 = rle.width, y0 = rle.height, x1 = 0, y1 = 0, at = 0;
  for (size_t i = 0; i < rle.counts.size(); at += rle.counts[i++]) {
    if (i % 2 == 0 || rle.counts[i] == 0) continue;
    const int64_t last = at + rle.counts[i] - 1;
    const int64_t first_x = at / rle.height, last_x = last / rle.height;
    x0 = std::min(x0, first_x);
    x1 = std::max(x1, last_x + 1);
    if (first_x < last_x) {  // passes through the bottom of one column and the top of the next
      y0 = 0;
      y1 = rle.height;
    } else {
      y0 = std::min(y0, at % rle.height);
      y1 = std::max(y1, last % rle.height + 1);
    }
  }
  if (x1 == 0) return {};
  return {double(x0), double(y0), double(x1), double(y1)};
}

double iou(const Rle& a, const Rle& b) {
  Overlap sum;
  walk(a, b, [&](bool in_a, bool in_b, uint32_t n) {
    if (in_a && in_b) sum.both += n;
    if (in_a || in_b) sum.either += n;
  });
  return sum.either > 0 ? double(sum.both) / double(sum.either) : 0.0;
}

// Five bits and a continuation bit a character, least significant first; from the fourth run on
// the difference to the run two before.
std::string rle_to_string(const Rle& rle) {
  std::string text;
  for (size_t i = 0; i < rle.counts.size(); ++i) {
    int64_t value = rle.counts[i];
    if (i > 2) value -= rle.counts[i - 2];
    for (bool more = true; more;) {
      int64_t bits = value & 0x1f;
      value >>= 5;
      more = (bits & 0x10) ? value != -1 : value != 0;
      if (more) bits |= 0x20;
      text += char(bits + 48);
    }
  }
  return text;
}

Rle rle_from_string(const std::string& text, int height, int width) {
  if (height < 0 || width < 0) {
    fail(ErrorKind::bad_input, "rle: size: found {} x {}, expected no negative side", width,
         height);
  }
  Rle rle{height, width, {}};
  const int64_t pixels = int64_t{height} * width;
  int64_t sum = 0;
  for (size_t at = 0; at < text.size();) {
    int64_t value = 0;
    int shift = 0;
    for (bool more = true; more; shift += 5) {
      if (at >= text.size() || shift > 35) {
        fail(ErrorKind::bad_input,
             "rle: counts: found a run that does not end at character {}, "
             "expected a COCO run-length string",
             at);
      }
      const int c = static_cast<unsigned char>(text[at++]) - 48;
      if (c < 0 || c > 63) {
        fail(ErrorKind::bad_input, "rle: counts: found byte {} at character {}, expected 48 to 111",
             c + 48, at - 1);
      }
      value |= int64_t{c & 0x1f} << shift;
      more = (c & 0x20) != 0;
      if (!more && (c & 0x10)) value |= int64_t{-1} << (shift + 5);  // sign
    }
    const size_t i = rle.counts.size();
    if (i > 2) value += rle.counts[i - 2];
    sum += value;
    if (value < 0 || sum > pixels) {
      fail(ErrorKind::bad_input,
           "rle: counts: found a run of {}, expected runs that sum to {} x {}", value, width,
           height);
    }
    rle.counts.push_back(uint32_t(value));
  }
  if (sum != pixels) {
    fail(ErrorKind::bad_input, "rle: counts: found runs that sum to {}, expected {} x {} = {}", sum,
         width, height, pixels);
  }
  return rle;
}

Rle rasterize(const std::vector<Polygon>& polygons, int height, int width) {
  Rle result{height, width, {uint32_t(height) * uint32_t(width)}};
  for (const Polygon& polygon : polygons) {
    result = merge(result, rasterize(polygon, height, width));
  }
  return result;
}

}  // namespace mammograft
