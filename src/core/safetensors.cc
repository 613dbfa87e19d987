#include "core/safetensors.h"

#include <fcntl.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <system_error>
#include <utility>

#include "core/descriptor.h"
#include "core/error.h"
#include "core/files.h"
#include "core/json.h"

namespace mammograft {

namespace {

constexpr const char* kMetadataKey = "__metadata__";
constexpr uint64_t kLongestHeader = 100'000'000;  // the limit of the reference implementation

struct Range {
  uint64_t begin = 0;  // of a tensor's bytes, counted from the end of the header
  uint64_t end = 0;
};

struct Header {
  SafeTensors content;
  std::map<std::string, Range> ranges;
  uint64_t data_begin = 0;
};

// Reading pieces of one file, whose size is known: nothing is allocated for bytes that are not
// there.
class Input {
 public:
  explicit Input(const fs::path& path)
      : name_(path.string()), file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    struct stat status{};
    if (!file_.valid() || ::fstat(file_.get(), &status) != 0) fail_io();
    size_ = static_cast<uint64_t>(status.st_size);
    if (!S_ISREG(status.st_mode))
      fail(ErrorKind::io, "{}: cannot read: expected a file, found a folder or device", name_);
  }

  const std::string& name() const { return name_; }
  uint64_t size() const { return size_; }

  std::string read(uint64_t offset, uint64_t count) const {
    std::string bytes(count, '\0');
    uint64_t done = 0;
    while (done < count) {
      const ssize_t n = ::pread(file_.get(), bytes.data() + done, count - done,
                                static_cast<off_t>(offset + done));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) fail_io();
      if (n == 0) fail(ErrorKind::io, "{}: cannot read: it became shorter meanwhile", name_);
      done += static_cast<uint64_t>(n);
    }
    return bytes;
  }

 private:
  [[noreturn]] void fail_io() const {
    fail(ErrorKind::io, "{}: cannot read: {}", name_, std::generic_category().message(errno));
  }

  std::string name_;
  Descriptor file_;
  uint64_t size_ = 0;
};

// The bytes of a tensor; false where their number does not fit 63 bits.
bool tensor_bytes(const std::string& dtype, const std::vector<int64_t>& shape, uint64_t* bytes) {
  uint64_t product = static_cast<uint64_t>(dtype_size(dtype));
  for (const int64_t size : shape) {
    if (__builtin_mul_overflow(product, static_cast<uint64_t>(size), &product)) return false;
  }
  *bytes = product;
  return product <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
}

uint64_t offset_of(const JsonView& view) {
  const int64_t value = view.integer();
  if (value < 0) view.reject("an offset of at least 0");
  return static_cast<uint64_t>(value);
}

// One entry of the header: {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}.
std::pair<RawTensor, Range> parse_tensor(const JsonView& view) {
  RawTensor tensor;
  tensor.dtype = view.string("dtype");
  const JsonView shape = view.at("shape");
  for (size_t i = 0; i < shape.size(); ++i) {
    const int64_t size = shape.at(i).integer();
    if (size < 0) shape.at(i).reject("a size of at least 0");
    tensor.shape.push_back(size);
  }
  const JsonView offsets = view.at("data_offsets");
  if (offsets.size() != 2) offsets.reject("two offsets");
  const Range range{offset_of(offsets.at(size_t{0})), offset_of(offsets.at(size_t{1}))};
  if (range.begin > range.end) offsets.reject("a begin before the end");
  if (dtype_size(tensor.dtype) == 0) return {std::move(tensor), range};
  uint64_t bytes = 0;
  if (!tensor_bytes(tensor.dtype, tensor.shape, &bytes) || bytes != range.end - range.begin) {
    fail(ErrorKind::bad_input, "{}: shape [{}] of {} contradicts its {} bytes", view.where(),
         fmt::join(tensor.shape, ", "), tensor.dtype, range.end - range.begin);
  }
  return {std::move(tensor), range};
}

// Like the reference implementation: the tensors fill the data completely and do not overlap.
void check_layout(const std::string& file, const std::map<std::string, Range>& ranges,
                  uint64_t data_size) {
  std::vector<std::pair<Range, const std::string*>> order;
  for (const auto& [name, range] : ranges) order.emplace_back(range, &name);
  std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
    return std::pair(a.first.begin, a.first.end) < std::pair(b.first.begin, b.first.end);
  });
  uint64_t expected = 0;
  for (const auto& [range, name] : order) {
    if (range.end > data_size) {
      fail(ErrorKind::bad_input,
           "{}: {}: its bytes end at {}, but the file has only {} (is it cut short?)", file, *name,
           range.end, data_size);
    }
    if (range.begin != expected) {
      fail(ErrorKind::bad_input, "{}: {}: its bytes begin at {}, expected {} ({})", file, *name,
           range.begin, expected, range.begin < expected ? "tensors overlap" : "a gap");
    }
    expected = range.end;
  }
  if (expected != data_size) {
    fail(ErrorKind::bad_input, "{}: {} bytes after the last tensor", file, data_size - expected);
  }
}

std::string read_header_text(const Input& input) {
  if (input.size() < 8) {
    fail(ErrorKind::bad_input, "{}: not safetensors: {} bytes, expected at least 8", input.name(),
         input.size());
  }
  const std::string prefix = input.read(0, 8);
  uint64_t length = 0;
  for (int i = 7; i >= 0; --i) length = length << 8 | static_cast<unsigned char>(prefix[i]);
  if (length > kLongestHeader || length > input.size() - 8) {
    fail(ErrorKind::bad_input,
         "{}: not safetensors or cut short: header of {} bytes in a file of {}", input.name(),
         length, input.size());
  }
  return input.read(8, length);
}

Header read_header(const Input& input) {
  const std::string text = read_header_text(input);
  const Json json = parse_json(text, input.name() + ": header");
  const JsonView root(json, input.name());
  if (!json.is_object()) root.reject("a header that is an object");
  Header header;
  header.data_begin = 8 + text.size();
  for (const auto& item : json.items()) {
    const JsonView view = root.at(item.key().c_str());
    if (item.key() == kMetadataKey) {
      if (!view.json().is_object()) view.reject("an object");
      for (const auto& entry : view.json().items()) {
        header.content.metadata[entry.key()] = view.string(entry.key().c_str());
      }
      continue;
    }
    auto [tensor, range] = parse_tensor(view);
    header.content.tensors[item.key()] = std::move(tensor);
    header.ranges[item.key()] = range;
  }
  check_layout(input.name(), header.ranges, input.size() - header.data_begin);
  return header;
}

// Large elements first, so that every tensor is aligned to its element size: readers that map the
// file need that.
std::vector<const std::pair<const std::string, RawTensor>*> file_order(const SafeTensors& content) {
  std::vector<const std::pair<const std::string, RawTensor>*> order;
  for (const auto& entry : content.tensors) order.push_back(&entry);
  std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
    return dtype_size(a->second.dtype) > dtype_size(b->second.dtype);
  });
  return order;
}

void check_tensor(const std::string& file, const std::string& name, const RawTensor& tensor) {
  uint64_t bytes = 0;
  const bool sizes_legal =
      std::all_of(tensor.shape.begin(), tensor.shape.end(), [](int64_t size) { return size >= 0; });
  ensure(dtype_size(tensor.dtype) > 0 && sizes_legal && name != kMetadataKey &&
             tensor_bytes(tensor.dtype, tensor.shape, &bytes) && bytes == tensor.bytes.size(),
         "{}: {}: shape [{}] of {} contradicts its {} bytes", file, name,
         fmt::join(tensor.shape, ", "), tensor.dtype, tensor.bytes.size());
}

}  // namespace

int64_t dtype_size(const std::string& dtype) {
  static const std::map<std::string, int64_t> sizes = {
      {"BOOL", 1}, {"U8", 1},  {"I8", 1},  {"I16", 2}, {"U16", 2}, {"F16", 2}, {"BF16", 2},
      {"I32", 4},  {"U32", 4}, {"F32", 4}, {"I64", 8}, {"U64", 8}, {"F64", 8}};
  const auto found = sizes.find(dtype);
  return found == sizes.end() ? 0 : found->second;
}

SafeTensors read_safetensors(const std::filesystem::path& path) {
  const Input input(path);
  Header header = read_header(input);
  for (auto& [name, tensor] : header.content.tensors) {
    const Range range = header.ranges.at(name);
    tensor.bytes = input.read(header.data_begin + range.begin, range.end - range.begin);
  }
  return std::move(header.content);
}

SafeTensors read_safetensors_header(const std::filesystem::path& path) {
  return read_header(Input(path)).content;
}

void write_safetensors(const std::filesystem::path& path, const SafeTensors& content) {
  Json header = Json::object();
  if (!content.metadata.empty()) header[kMetadataKey] = content.metadata;
  std::vector<std::string_view> pieces(2);
  uint64_t offset = 0;
  for (const auto* entry : file_order(content)) {
    const auto& [name, tensor] = *entry;
    check_tensor(path.string(), name, tensor);
    const uint64_t end = offset + tensor.bytes.size();
    header[name] = {
        {"dtype", tensor.dtype}, {"shape", tensor.shape}, {"data_offsets", {offset, end}}};
    offset = end;
    pieces.push_back(tensor.bytes);
  }
  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');  // the data begin at a multiple of 8
  std::string prefix(8, '\0');
  for (int i = 0; i < 8; ++i) prefix[i] = static_cast<char>(uint64_t{text.size()} >> (8 * i));
  pieces[0] = prefix;
  pieces[1] = text;
  write_pieces(path, pieces);
}

}  // namespace mammograft
