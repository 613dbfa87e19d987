#include "prepare/pseudonyms.h"

#include <gtest/gtest.h>

#include <latch>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "core/testing.h"

namespace mammograft {
namespace {

// Imports that are started side by side, for the first time: all must call a patient the same.
TEST(Pseudonyms, OfImportsThatMeetAreOfOneKey) {
  constexpr size_t kImports = 8;
  for (int round = 0; round < 20; ++round) {
    const TestFolder folder;
    const std::string key = (folder / "pseudonym.key").string();
    std::vector<std::string> codes(kImports);
    std::latch start(kImports);
    std::vector<std::jthread> imports;
    for (std::string& code : codes) {
      imports.emplace_back([&] {
        start.arrive_and_wait();
        code = Pseudonyms({.pseudonym_key = key}).of("patient 1");
      });
    }
    imports.clear();  // waits for them
    EXPECT_EQ(std::set<std::string>(codes.begin(), codes.end()).size(), 1u);
  }
}

}  // namespace
}  // namespace mammograft
