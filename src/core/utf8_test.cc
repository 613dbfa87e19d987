#include "core/utf8.h"

#include <gtest/gtest.h>

#include "core/json.h"

namespace mammograft {
namespace {

// Whether the JSON library writes a text is what is_utf8 must foretell.
bool json_takes(const std::string& text) {
  try {
    Json(text).dump();
  } catch (const Json::exception&) {
    return false;
  }
  return true;
}

TEST(Utf8, CountsCharacters) {
  EXPECT_EQ(characters(""), 0u);
  EXPECT_EQ(characters("a\u00e9\u20ac\U0001F600"), 4u);
}

TEST(Utf8, ForetellsWhatJsonTakes) {
  // Every first byte with second, third and fourth bytes at the borders of what may follow.
  const std::string borders = {0x00,   0x41,   0x7F,   '\x80', '\x8F',
                               '\x90', '\x9F', '\xA0', '\xBF', '\xC0'};
  int taken = 0, refused = 0;
  for (int first = 0; first < 256; ++first) {
    for (const char b : borders) {
      for (const char c : borders) {
        for (const size_t length : {1, 2, 3, 4}) {
          const std::string text =
              std::string({static_cast<char>(first), b, c, '\x80'}).substr(0, length);
          ASSERT_EQ(is_utf8(text), json_takes(text)) << readable(text);
          ++(is_utf8(text) ? taken : refused);
        }
      }
    }
  }
  EXPECT_GT(taken, 1000);
  EXPECT_GT(refused, 1000);
  EXPECT_TRUE(is_utf8(""));
}

TEST(Utf8, ReadableShowsOtherBytes) {
  EXPECT_EQ(readable("M\xFCller_\xC3\xA4.png"), "M\\xfcller_\xC3\xA4.png");
  EXPECT_EQ(readable("\xE4\xB9"), "\\xe4\\xb9");
  EXPECT_EQ(readable("plain"), "plain");
}

}  // namespace
}  // namespace mammograft
