// The elements of one array of a JSON text, one at a time: of files with a million of them, whose
// values in memory together would take a kilobyte each.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/json.h"

namespace mammograft {

// Where the array is: the text itself ("[...]"), or under one of these keys of the object that the
// text is ({"info": ..., "annotations": [...]}); what stands under other keys is passed over.
struct JsonArrayPlace {
  std::vector<std::string> keys;
  std::string expected;  // for the message where neither is found: "an array of detections"
};

// Calls take() with each element in order; it lives until take() returns. Its where() is as that of
// a JsonView of the whole: "file: [17]", "file: annotations[17]". Throws bad_input: text that is
// not JSON, no such array, more than one; and whatever take() throws, which may be before an error
// of syntax further down.
void for_each_element(const std::string& text, const std::string& where,
                      const JsonArrayPlace& place,
                      const std::function<void(const JsonView&)>& take);

}  // namespace mammograft
