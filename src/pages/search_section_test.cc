#include "pages/search_section.h"

#include <gtest/gtest.h>

#include "cohort/detections.h"
#include "core/files.h"
#include "core/testing.h"
#include "pages/testing.h"

namespace mammograft {
namespace {

void write_found(const fs::path& folder, const Json& model) {
  create_folder(folder / "overlays");
  write_search(folder / "detections.json", {}, {{1, 2}, {}, model, {}});
}

TEST(SearchSection, ShowsThePicturesByNameAndSaysWhoLooked) {
  const TestFolder folder;
  write_found(folder.path(), {{"release", {{"name", "films"}, {"version", "2.1.0"}}},
                              {"scores_used", {{"operating_point", {{"fppi", 0.25}}}}}});
  write_file(folder / "overlays" / "b.jpg", "\xff\xd8 b");
  write_file(folder / "overlays" / "a.jpg", "\xff\xd8 a");
  write_file(folder / "overlays" / "notes.txt", "not a picture");
  const Section section = search_section(folder.path());
  const Gallery gallery = only<Gallery>(section);
  ASSERT_EQ(gallery.pictures.size(), 2u);
  EXPECT_EQ(gallery.pictures[0].caption, "a");
  EXPECT_EQ(gallery.pictures[0].bytes, "\xff\xd8 a");
  EXPECT_EQ(gallery.pictures[1].caption, "b");
  const std::string text = only<Paragraph>(section).text;
  EXPECT_NE(text.find("the detector films 2.1.0 found in 2 mammograms"), std::string::npos) << text;
  EXPECT_NE(text.find("its threshold for 0.25 false positives"), std::string::npos) << text;
}

TEST(SearchSection, ADetectorThatWasNeverReleasedIsCalledByItsKind) {
  const TestFolder folder;
  write_found(folder.path(), {{"arch", "retinanet"}});
  write_file(folder / "overlays" / "a.jpg", "\xff\xd8 a");
  const std::string text = only<Paragraph>(search_section(folder.path())).text;
  EXPECT_NE(text.find("a detector (retinanet) found in a mammogram"), std::string::npos) << text;
}

TEST(SearchSection, SaysWhatIsMissing) {
  const TestFolder folder;
  EXPECT_ERROR(search_section(folder / "none"), io, "detections.meta.json: not there");
  write_found(folder.path(), Json::object());
  EXPECT_ERROR(search_section(folder.path()), io, "overlays: no pictures");
}

}  // namespace
}  // namespace mammograft
