#include "stages/synthetic_sets.h"

#include <gtest/gtest.h>

#include "core/files.h"
#include "core/testing.h"

namespace mammograft {
namespace {

// One image with one mass, made by `method`.
void write_graft(const fs::path& folder, const std::string& method) {
  create_folder(folder);
  Cohort cohort;
  cohort.folder = folder;
  cohort.categories = {{1, "mass"}};
  ImageRecord& image = cohort.images.emplace_back();
  image.id = 1;
  image.file_name = "1.png";
  image.width = image.height = 40;
  image.patient_id = "p/1";
  image.status = Status::mass;
  image.source.emplace().method = method;
  Annotation& mass = cohort.annotations.emplace_back();
  mass.id = mass.image_id = 1;
  mass.bbox = {10, 10, 20, 20};
  write_cohort(cohort);
}

TEST(NamedPath, IsANameAndAFolderOrAFolder) {
  const TestFolder folder;
  fs::create_directory(folder / "a=b");
  const std::string existing = (folder / "a=b").string();
  EXPECT_EQ(named_path("pie=there/x=y", "--grafts").name, "pie");
  EXPECT_EQ(named_path("pie=there/x=y", "--grafts").path, "there/x=y");
  EXPECT_EQ(named_path("there", "--grafts").name, "");
  EXPECT_EQ(named_path(existing, "--grafts").path, existing);
  EXPECT_ERROR(named_path("=there", "--grafts"), usage, "--grafts: found \"=there\"");
}

TEST(SyntheticSets, OfOneNameAreOne) {
  const TestFolder folder;
  for (const char* name : {"a", "b", "c"})
    write_graft(folder / name, name == std::string("b") ? "pie" : "fuse");
  const auto path = [&](const char* name) { return (folder / name).string(); };
  const auto sets = read_synthetic_sets({path("a"), path("b"), "fuse=" + path("c")}, "--grafts");
  ASSERT_EQ(sets.size(), 2u);
  EXPECT_EQ(sets[0].name, "fuse");
  EXPECT_EQ(sets[0].cohort.images.size(), 2u);
  EXPECT_EQ(sets[1].name, "pie");
  EXPECT_EQ(sets[1].cohort.images.size(), 1u);
}

}  // namespace
}  // namespace mammograft
