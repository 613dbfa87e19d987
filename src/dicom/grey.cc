#include "dicom/grey.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "core/error.h"
#include "core/text.h"
#include "dicom/mammogram.h"

namespace mammograft {
namespace {

using Step = std::function<double(double)>;  // of one value

// A lookup table (PS3.3 C.11.1.1, C.11.2.1.1).
struct Lut {
  std::vector<uint16_t> data;
  int first = 0;  // the value that the first entry is for
  int bits = 16;  // of an entry

  double at(double value) const {
    const auto index = static_cast<int64_t>(std::lround(value)) - first;
    return data[static_cast<size_t>(std::clamp<int64_t>(index, 0, std::ssize(data) - 1))];
  }
  double full_scale() const { return std::exp2(bits) - 1; }
};

Lut read_lut(const DataSet& item, const std::string& where, bool signed_input) {
  const std::vector<double> descriptor = item.numbers(tags::kLutDescriptor);
  if (descriptor.size() != 3)
    fail(ErrorKind::bad_input, "{}: LUT Descriptor: found {} values, expected 3", where,
         descriptor.size());
  Lut lut;
  const int wanted = descriptor[0] == 0 ? 65536 : static_cast<int>(descriptor[0]) & 0xffff;
  const int first = static_cast<int>(descriptor[1]) & 0xffff;
  lut.first = signed_input ? static_cast<int16_t>(first) : first;
  lut.bits = static_cast<int>(descriptor[2]);
  lut.data = item.words(tags::kLutData);
  // Entries of 8 bits may lie two in a word.
  if (lut.bits == 8 && static_cast<int>(lut.data.size()) == (wanted + 1) / 2) {
    std::vector<uint16_t> entries;
    for (const uint16_t word : lut.data) {
      entries.push_back(word & 0xff);
      entries.push_back(word >> 8);
    }
    lut.data = entries;
  }
  if (static_cast<int>(lut.data.size()) < wanted || wanted == 0 || lut.bits < 8 || lut.bits > 16) {
    fail(ErrorKind::bad_input,
         "{}: LUT Data: found {} entries of {} bits, expected {} of 8 to 16 bits", where,
         lut.data.size(), lut.bits, wanted);
  }
  lut.data.resize(static_cast<size_t>(wanted));
  return lut;
}

// Values after the modality step, and the smallest and largest that there can be.
struct Modality {
  Step step;
  double low = 0, high = 0;
  bool is_identity = true;
};

Modality modality_of(const DicomFile& file, const StoredPixels& pixels) {
  const DataSet data = file.data();
  const double low = pixels.is_signed ? -std::exp2(pixels.bits - 1) : 0;
  const double high = low + std::exp2(pixels.bits) - 1;
  const std::vector<DataSet> tables = data.items(tags::kModalityLutSequence);
  if (!tables.empty()) {
    const Lut lut =
        read_lut(tables.front(), file.name() + ": Modality LUT Sequence", pixels.is_signed);
    return {[lut](double v) { return lut.at(v); }, 0, lut.full_scale(), false};
  }
  const double slope = data.number(tags::kRescaleSlope).value_or(1);
  const double intercept = data.number(tags::kRescaleIntercept).value_or(0);
  if (slope == 0 || !std::isfinite(slope)) return {[](double v) { return v; }, low, high, true};
  const auto rescale = [=](double v) { return v * slope + intercept; };
  return {rescale, std::min(rescale(low), rescale(high)), std::max(rescale(low), rescale(high)),
          slope == 1};
}

// A window (PS3.3 C.11.2.1.2, C.11.2.1.3): to [0, 1].
struct Window {
  double centre = 0, width = 1;
  std::string function;

  bool usable() const { return function == "LINEAR" ? width >= 1 : width > 0; }
  double at(double x) const {
    if (function == "SIGMOID") return 1 / (1 + std::exp(-4 * (x - centre) / width));
    if (function == "LINEAR_EXACT") return std::clamp((x - centre) / width + 0.5, 0.0, 1.0);
    if (width == 1) return x <= centre - 0.5 ? 0 : 1;
    return std::clamp((x - (centre - 0.5)) / (width - 1) + 0.5, 0.0, 1.0);
  }
};

std::vector<Window> windows_of(const DataSet& data, std::vector<std::string>& warnings) {
  const std::vector<double> centres = data.numbers(tags::kWindowCenter);
  const std::vector<double> widths = data.numbers(tags::kWindowWidth);
  std::string function = upper_case(data.text(tags::kVoiLutFunction));
  if (function.empty()) function = "LINEAR";
  if (function != "LINEAR" && function != "LINEAR_EXACT" && function != "SIGMOID") {
    warnings.push_back("VOI LUT Function is a word that is not known: LINEAR is taken");
    function = "LINEAR";
  }
  std::vector<Window> windows;
  for (size_t i = 0; i < std::min(centres.size(), widths.size()); ++i) {
    const Window window{centres[i], widths[i], function};
    if (!window.usable()) {
      warnings.push_back(fmt::format("a window of width {} is passed over", window.width));
      continue;
    }
    windows.push_back(window);
  }
  return windows;
}

// To [0, 1], with words for it.
struct Voi {
  Step step;
  std::string words;
};

size_t chosen(const DicomFile& file, const GreyOptions& options, size_t count, const char* what) {
  if (options.voi_number < 1 || static_cast<size_t>(options.voi_number) > count) {
    fail(ErrorKind::usage, "{}: voi_number: found {}, the file has {} {}", file.name(),
         options.voi_number, count, what);
  }
  return static_cast<size_t>(options.voi_number) - 1;
}

Voi voi_of(const DicomFile& file, const Modality& modality, const GreyOptions& options,
           std::vector<std::string>& warnings) {
  const DataSet data = file.data();
  const double low = modality.low, range = modality.high - modality.low;
  const Voi none{[=](double v) { return (v - low) / range; }, "none"};
  // A window belongs to grey pixels (PS3.3 C.11.2.1.2); of colours we made these ourselves.
  if (options.voi == "auto" && data.integer(tags::kSamplesPerPixel) == 3) return none;
  const std::vector<DataSet> tables = data.items(tags::kVoiLutSequence);
  if (options.voi == "lut" || (options.voi == "auto" && !tables.empty())) {
    const size_t i = chosen(file, options, tables.size(), "VOI lookup tables");
    const Lut lut = read_lut(tables[i], file.name() + ": VOI LUT Sequence", modality.low < 0);
    return {[lut](double v) { return lut.at(v) / lut.full_scale(); },
            fmt::format("lookup table {} of {}", i + 1, tables.size())};
  }
  const std::vector<Window> windows = windows_of(data, warnings);
  if (options.voi == "window" || (options.voi == "auto" && !windows.empty())) {
    const size_t i = chosen(file, options, windows.size(), "windows");
    const Window window = windows[i];
    return {[window](double v) { return window.at(v); },
            fmt::format("window {} of {}: {}, centre {}, width {}", i + 1, windows.size(),
                        window.function, window.centre, window.width)};
  }
  return none;
}

// MONOCHROME1 says that the smallest value is white; so does the shape INVERSE, which such files
// have too: that is not twice (PS3.3 C.8.11.3.1.2). What is white in the end is dense.
bool is_inverted(const DataSet& data) {
  return data.text(tags::kPhotometricInterpretation) == "MONOCHROME1" ||
         upper_case(data.text(tags::kPresentationLutShape)) == "INVERSE";
}

bool is_raw(const DataSet& data) { return presentation_intent(data) == "FOR PROCESSING"; }

// A raw image, whose values are the X-rays that arrive (PS3.3 C.8.11.3.1.2): as dense as they are
// fewer, by the law of attenuation.
Step raw_step(const DataSet& data, const Modality& modality) {
  const double low = modality.low, range = modality.high - modality.low;
  const bool logarithm = upper_case(data.text(tags::kPixelIntensityRelationship)) == "LOG";
  const bool fewer_is_higher =
      data.integer(tags::kPixelIntensityRelationshipSign).value_or(1) == -1;
  return [=](double v) {
    const double share = fewer_is_higher ? 1 - (v - low) / range : (v - low) / range;
    return logarithm ? 1 - share : 1 - std::log1p(share * range) / std::log1p(range);
  };
}

// Stored values that are no measurement (PS3.3 C.7.5.1.1.2).
struct Padding {
  int64_t low = 1, high = 0;  // none
  bool holds(int64_t value) const { return value >= low && value <= high; }
};

Padding padding_of(const DataSet& data) {
  const std::optional<int64_t> value = data.integer(tags::kPixelPaddingValue);
  if (!value) return {};
  const int64_t limit = data.integer(tags::kPixelPaddingRangeLimit).value_or(*value);
  return {std::min(*value, limit), std::max(*value, limit)};
}

template <typename T>
cv::Mat looked_up(const cv::Mat& values, int64_t low, const std::vector<uint16_t>& table) {
  cv::Mat result(values.size(), CV_16UC1);
  for (int y = 0; y < values.rows; ++y) {
    const T* from = values.ptr<T>(y);
    auto* to = result.ptr<uint16_t>(y);
    for (int x = 0; x < values.cols; ++x)
      to[x] = table[static_cast<size_t>(static_cast<int64_t>(from[x]) - low)];
  }
  return result;
}

}  // namespace

GreyPicture grey_picture(const DicomFile& file, const StoredPixels& pixels,
                         const GreyOptions& options) {
  GreyPicture picture;
  picture.warnings = pixels.warnings;
  const DataSet data = file.data();
  const Modality modality = modality_of(file, pixels);
  const bool raw = is_raw(data);
  const Voi voi = raw ? Voi{raw_step(data, modality), "logarithm of a raw image"}
                      : voi_of(file, modality, options, picture.warnings);
  picture.voi = voi.words;
  const bool inverted = !raw && is_inverted(data);
  const Padding padding = padding_of(data);
  const int64_t low = pixels.is_signed ? -(int64_t{1} << (pixels.bits - 1)) : 0;
  std::vector<uint16_t> table(size_t{1} << pixels.bits);
  for (size_t i = 0; i < table.size(); ++i) {
    const int64_t stored = low + static_cast<int64_t>(i);
    const double seen = voi.step(modality.step(static_cast<double>(stored)));
    const double grey = padding.holds(stored) ? 0 : inverted ? 1 - seen : seen;
    table[i] = static_cast<uint16_t>(std::lround(65535 * std::clamp(grey, 0.0, 1.0)));
  }
  picture.image.original_bits = pixels.bits;
  picture.image.pixels = pixels.is_signed ? looked_up<int16_t>(pixels.values, low, table)
                                          : looked_up<uint16_t>(pixels.values, low, table);
  return picture;
}

}  // namespace mammograft
