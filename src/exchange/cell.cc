#include "exchange/cell.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/text.h"

namespace mammograft {

namespace {

template <typename Number>
std::optional<Number> whole_text(const std::string& text) {
  const char* begin = text.data();
  const char* end = begin + text.size();
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') ++begin;  // which from_chars refuses
  Number value = 0;
  const auto [stop, error] = std::from_chars(begin, end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

}  // namespace

std::optional<double> number_of(const std::string& text, bool decimal_comma) {
  std::string number = trimmed(text);
  const size_t comma = number.find(',');
  if (decimal_comma && comma != number.npos && number.find('.') == number.npos) number[comma] = '.';
  const std::optional<double> value = whole_text<double>(number);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

std::optional<int64_t> integer_of(const std::string& text) {
  const std::string number = trimmed(text);
  if (const std::optional<int64_t> value = whole_text<int64_t>(number)) return value;
  const std::optional<double> real = number_of(number);  // 12.0 is what tables with gaps make of 12
  constexpr double kExact = 9007199254740992.0;          // 2^53
  if (!real || std::floor(*real) != *real || std::abs(*real) > kExact) return std::nullopt;
  return static_cast<int64_t>(*real);
}

std::optional<std::vector<double>> numbers_of(const std::string& text) {
  constexpr const char* kBetween = " \t,;\\[]()";
  std::vector<double> numbers;
  size_t at = text.find_first_not_of(kBetween);
  while (at != text.npos) {
    const size_t end = std::min(text.find_first_of(kBetween, at), text.size());
    const std::optional<double> number = number_of(text.substr(at, end - at));
    if (!number) return std::nullopt;
    numbers.push_back(*number);
    at = text.find_first_not_of(kBetween, end);
  }
  return numbers;
}

}  // namespace mammograft
