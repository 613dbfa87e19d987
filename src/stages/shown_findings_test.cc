#include "stages/shown_findings.h"

#include <gtest/gtest.h>

#include "core/files.h"
#include "core/testing.h"

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

TEST(ShownFindings, OfAnEarlierSearchAreToldFromOtherFiles) {
  const TestFolder folder;
  const std::vector<std::string> ours = {"overlays/a.jpg", "objects/1.2/cad-sr.dcm",
                                         "objects/1.2/tid1500.dcm", "objects/1.2/seg-3.dcm",
                                         "objects/1.2/gsps-3.dcm"};
  const std::vector<std::string> theirs = {"a.jpg", "overlays/notes.txt", "objects/pack.idx",
                                           "objects/1.2/image.dcm"};
  for (const auto& names : {ours, theirs}) {
    for (const std::string& name : names) {
      create_folder((folder / name).parent_path());
      write_file(folder / name, "x");
    }
  }
  std::vector<std::string> found = shown_findings_in(folder.path());
  std::sort(found.begin(), found.end());
  std::vector<std::string> expected = ours;
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(found, expected);
  EXPECT_TRUE(shown_findings_in(folder / "none").empty());
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
