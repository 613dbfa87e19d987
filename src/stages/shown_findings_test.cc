#include "stages/shown_findings.h"

#include <gtest/gtest.h>

namespace mammograft {
namespace {

using Names = std::map<int64_t, std::string>;

std::vector<SearchItem> items(const std::vector<std::string>& names) {
  std::vector<SearchItem> list;
  for (const std::string& name : names) {
    SearchItem& item = list.emplace_back();
    item.image_id = std::ssize(list);
    item.name = name;
  }
  return list;
}

TEST(OverlayNames, AreFlatAndMeetNowhere) {
  EXPECT_EQ(
      overlay_names(items({"scans/a.png", "/scans/b.dcm", "scans_a.pgm", "scans/a.jpg"})),
      (Names{{1, "scans_a.jpg"}, {2, "scans_b.jpg"}, {3, "scans_a_3.jpg"}, {4, "scans_a_4.jpg"}}));
}

TEST(OverlayNames, BeginBehindTheFolderThatAllAreIn) {
  EXPECT_EQ(overlay_names(items({"/data/me/left/a.png", "/data/me/left/more/b.png"})),
            (Names{{1, "a.jpg"}, {2, "more_b.jpg"}}));
  EXPECT_EQ(overlay_names(items({"/data/me/a.png"})), (Names{{1, "a.jpg"}}));
  EXPECT_EQ(overlay_names(items({"a.png"})), (Names{{1, "a.jpg"}}));
  EXPECT_EQ(overlay_names({}), Names{});
}

TEST(OverlayNames, OfLongOnesKeepTheEndWithoutHalfACharacter) {
  const std::string umlaut = "\xc3\xa4";
  std::string name;
  for (int i = 0; i < 150; ++i) name += umlaut;
  const std::string kept = overlay_names(items({name + "z.png"})).at(1);
  EXPECT_EQ(kept, name.substr(2 * 51) + "z.jpg");
}

}  // namespace
}  // namespace mammograft
