#include "cohort/laterality.h"

#include "core/error.h"
#include "core/text.h"

namespace mammograft {

std::string laterality_from(const std::string& text, const std::string& where) {
  const std::string side = upper_case(text);
  if (side.empty() || side == "L" || side == "R") return side;
  if (side == "LEFT" || side == "RIGHT") return side.substr(0, 1);
  fail(ErrorKind::bad_input, "{}: found \"{}\", expected L, R, left or right", where, text);
}

}  // namespace mammograft
