#include "experiment/method_tables.h"

#include <gtest/gtest.h>

namespace mammograft {
namespace {

TEST(MethodTables, ABlenderReadsItsGeneratorOrTheVanillaGans) {
  const Json both =
      Json::parse(R"({"steps": 6, "generator": {"widths": [4]}, "vanilla": {"side_px": 32}})");
  const Json grafting = Json::parse(R"({"steps": 6, "generator": {"widths": [4]}})");
  EXPECT_EQ(read_by_blender(both, "blend"), grafting);
  EXPECT_EQ(read_by_blender(both, "noprior"), grafting);
  EXPECT_EQ(read_by_blender(both, "vanilla"),
            Json::parse(R"({"steps": 6, "vanilla": {"side_px": 32}})"));
}

TEST(MethodTables, ASynthesisReadsTheTableOfItsMethod) {
  const Json all =
      Json::parse(R"({"attempts": 9, "views": "one", "pie": {"gain": 1}, "fuse": {"levels": 2}})");
  EXPECT_EQ(read_by_synthesis(all, "pie"),
            Json::parse(R"({"attempts": 9, "views": "one", "pie": {"gain": 1}})"));
  EXPECT_EQ(read_by_synthesis(all, "fuse"),
            Json::parse(R"({"attempts": 9, "views": "one", "fuse": {"levels": 2}})"));
  for (const char* method : {"paste", "blend", "noprior"})
    EXPECT_EQ(read_by_synthesis(all, method), Json::parse(R"({"attempts": 9, "views": "one"})"))
        << method;
}

// It places nothing.
TEST(MethodTables, ASynthesisByVanillaReadsTheAttemptsAlone) {
  EXPECT_EQ(read_by_synthesis(Json::parse(R"({"attempts": 9, "views": "one"})"), "vanilla"),
            Json::parse(R"({"attempts": 9})"));
  EXPECT_EQ(read_by_synthesis(Json::parse(R"({"views": "one"})"), "vanilla"), Json::object());
}

TEST(MethodTables, ATableOfAnotherMethodIsNamed) {
  const Json table = Json::parse(R"({"fuse": {}, "placement": {}})");
  EXPECT_EQ(table_of_another(table, "fuse"), "");
  EXPECT_EQ(table_of_another(table, "pie"), "fuse");
  EXPECT_EQ(table_of_another(table, "vanilla"), "fuse");
  EXPECT_EQ(table_of_another(Json::parse(R"({"vanilla": {}})"), "blend"), "vanilla");
  EXPECT_EQ(table_of_another(Json::object(), "blend"), "");
}

}  // namespace
}  // namespace mammograft
