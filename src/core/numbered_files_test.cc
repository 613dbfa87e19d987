#include "core/numbered_files.h"

#include <gtest/gtest.h>

#include "core/files.h"
#include "core/testing.h"

namespace mammograft {
namespace {

using Names = std::vector<std::string>;

TEST(NumberedFiles, AreToldFromOthersOfTheFamilysName) {
  const TestFolder folder;
  for (const char* name : {"model-400.safetensors", "model-0.5.safetensors", "model.safetensors",
                           "model-start.safetensors", "model-4x.safetensors", "model-.safetensors",
                           "model-7.json", "old-model-7.safetensors"})
    write_file(folder / name, "x");
  EXPECT_EQ(numbered_files(folder.path(), "model-", ".safetensors"),
            (Names{"model-0.5.safetensors", "model-400.safetensors"}));
  EXPECT_TRUE(numbered_files(folder / "none", "model-", ".safetensors").empty());
}

}  // namespace
}  // namespace mammograft
