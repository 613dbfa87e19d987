// The fence: who may include whom (docs/architecture.md). Reads every include line of src/.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "source_files.h"

namespace {

using Names = std::set<std::string>;

// Each folder and the folders that it may include, itself apart. A folder that is not here, and an
// arrow that is not here, is a decision about the design: it belongs into docs/architecture.md
// first.
const std::map<std::string, Names>& allowed_folders() {
  static const std::map<std::string, Names> allowed = {
      {"core", {}},
      {"stats", {"core"}},
      {"image", {"core"}},
      {"cohort", {"core", "stats", "image"}},
      {"dicom", {"core", "image"}},
      {"prepare", {"core", "image", "cohort", "dicom"}},
      {"phantom", {"core", "image", "cohort", "dicom"}},
      {"evaluate", {"core", "stats", "image", "cohort"}},
      {"study", {"core", "stats", "image", "cohort", "evaluate"}},
      {"exchange", {"core", "stats", "image", "cohort", "evaluate"}},
      {"graft", {"core", "image", "cohort"}},
      {"report", {"core", "image"}},
      {"nn", {"core", "image"}},
      {"detect", {"core", "stats", "image", "cohort", "nn"}},
      {"blend", {"core", "image", "cohort", "graft", "nn"}},
      {"assess", {"core", "stats", "image", "cohort", "graft", "nn"}},
      // Of detect and assess the types of their results, free of torch: it does not link them.
      {"pages",
       {"core", "stats", "image", "cohort", "graft", "evaluate", "study", "detect", "assess",
        "report"}},
      {"stages",
       {"core", "image", "cohort", "dicom", "prepare", "phantom", "evaluate", "graft", "pages",
        "exchange", "nn", "detect", "blend", "assess"}},
      {"experiment",
       {"core", "stats", "cohort", "evaluate", "exchange", "study", "pages", "stages"}},
      {"cli", {"core", "nn", "stages", "experiment"}},
  };
  return allowed;
}

// Who may see a third-party library: folders, or single files ("cli/version.cc").
struct Library {
  std::string prefix;  // of the include's text
  Names users;
};

const Names& everybody() {
  static const Names all = [] {
    Names names;
    for (const auto& [folder, unused] : allowed_folders()) names.insert(folder);
    return names;
  }();
  return all;
}

Names everybody_but(const Names& folders) {
  Names names = everybody();
  for (const std::string& folder : folders) names.erase(folder);
  return names;
}

const std::vector<Library>& libraries() {
  static const Names torch = {"nn", "detect", "blend", "assess"};
  static const std::vector<Library> table = {
      {"torch/", torch},
      {"ATen/", torch},
      {"c10/", torch},
      {"opencv2/", everybody_but({"core", "stats"})},
      {"fmt/", everybody()},
      {"nlohmann/", {"core"}},
      {"toml++/", {"core"}},
      {"CLI/", {"cli"}},
      {"spng.h", {"image"}},
      {"jpeglib.h", {"image"}},
      {"jerror.h", {"image"}},
      {"kainjow/", {"report"}},
      {"dcmtk/", {"dicom"}},
      {"openjpeg.h", {"dicom"}},
      {"zlib.h", {"dicom"}},
      {"expat.h", {"prepare"}},
      {"xlsxwriter.h", {"exchange"}},
      {"openvino/", {"nn/openvino_network.cc"}},
      {"protozero/", {"nn/onnx_file.cc", "nn/onnx_file_test.cc"}},
      {"sys/", everybody()},  // POSIX
      {"mpi.h", {"nn/mpi_communicator.cc"}},
  };
  return table;
}

bool may_see(const Library& library, const std::string& file) {
  const std::string folder = file.substr(0, file.find('/'));
  return library.users.count(folder) > 0 || library.users.count(file) > 0;
}

// What is wrong with one include of `file` (relative to src/); "" when nothing is.
std::string objection(const std::string& file, bool quoted, const std::string& target) {
  const std::string folder = file.substr(0, file.find('/'));
  const auto rule = allowed_folders().find(folder);
  if (rule == allowed_folders().end()) return "folder " + folder + " is not in the fence's table";
  if (quoted) {
    const std::string other = target.substr(0, target.find('/'));
    if (target.find('/') == std::string::npos || allowed_folders().count(other) == 0)
      return "\"" + target + "\" is not written as \"folder/file.h\"";
    if (is_test(target) && !is_test(file)) return "\"" + target + "\" outside of a test";
    if (other == folder || rule->second.count(other) > 0) return "";
    return folder + " may not include " + other + " (" + target + ")";
  }
  for (const Library& library : libraries()) {
    if (target.rfind(library.prefix, 0) != 0) continue;
    return may_see(library, file) ? "" : file + " may not see <" + target + ">";
  }
  if (target.rfind("gtest/", 0) == 0 || target.rfind("gmock/", 0) == 0)
    return is_test(file) ? "" : "<" + target + "> outside of a test";
  if (target.find('/') != std::string::npos)
    return "<" + target + "> is of a library that the fence does not know";
  return "";  // the standard library and POSIX
}

std::vector<std::string> objections(const std::string& file, const std::string& text) {
  std::vector<std::string> found;
  for (const Include& include : includes_of(text)) {
    const std::string wrong = objection(file, include.quoted, include.target);
    if (!wrong.empty()) found.push_back(file + ":" + std::to_string(include.line) + ": " + wrong);
  }
  return found;
}

std::vector<std::string> objections_of_one(const std::string& file, const std::string& line) {
  return objections(file, "// a comment\n" + line + "\n");
}

TEST(Fence, EveryIncludeOfTheSourcesIsAllowed) {
  const std::vector<SourceFile> files = source_files();
  for (const SourceFile& file : files) {
    for (const std::string& wrong : objections(file.name, file.text)) ADD_FAILURE() << wrong;
  }
  EXPECT_GT(files.size(), 50u) << "found too few sources";
}

TEST(Fence, LetsThroughWhatTheDesignAllows) {
  EXPECT_TRUE(objections_of_one("image/rle.cc", "#include \"core/error.h\"").empty());
  EXPECT_TRUE(objections_of_one("detect/anchors.cc", "#include \"cohort/cohort.h\"").empty());
  EXPECT_TRUE(objections_of_one("nn/resnet.cc", "#include <torch/torch.h>").empty());
  EXPECT_TRUE(objections_of_one("core/files.cc", "#include <sys/stat.h>").empty());
  EXPECT_TRUE(objections_of_one("core/files.cc", "#include <unistd.h>").empty());
  EXPECT_TRUE(objections_of_one("core/rng_test.cc", "#include <gtest/gtest.h>").empty());
  EXPECT_TRUE(objections_of_one("nn/rng_test.cc", "#include \"core/testing.h\"").empty());
}

TEST(Fence, CatchesAnArrowThatPointsBack) {
  const auto wrong = objections_of_one("core/error.h", "#include \"image/box.h\"");
  ASSERT_EQ(wrong.size(), 1u);
  EXPECT_EQ(wrong[0], "core/error.h:2: core may not include image (image/box.h)");
  EXPECT_EQ(objections_of_one("evaluate/froc.cc", "#include \"nn/tensors.h\"").size(), 1u);
  EXPECT_EQ(objections_of_one("report/page.cc", "#include \"cohort/cohort.h\"").size(), 1u);
  EXPECT_EQ(objections_of_one("nn/resnet.cc", "#include \"cohort/cohort.h\"").size(), 1u);
  EXPECT_EQ(objections_of_one("stats/auc.cc", "#include \"image/box.h\"").size(), 1u);
  EXPECT_EQ(objections_of_one("report/html.cc", "#include \"pages/numbers.h\"").size(), 1u);
  EXPECT_EQ(objections_of_one("pages/numbers.cc", "#include \"cli/command.h\"").size(), 1u);
}

TEST(Fence, CatchesAThirdPartyLibraryInTheWrongFolder) {
  EXPECT_EQ(objections_of_one("core/rng.cc", "#include <opencv2/core.hpp>").size(), 1u);
  EXPECT_EQ(objections_of_one("stats/auc.cc", "#include <opencv2/core.hpp>").size(), 1u);
  EXPECT_EQ(objections_of_one("report/page.cc", "#include <torch/torch.h>").size(), 1u);
  EXPECT_EQ(objections_of_one("cli/train.cc", "  #  include <torch/torch.h>").size(), 1u);
  EXPECT_EQ(objections_of_one("pages/froc_plot.cc", "#include <CLI/CLI.hpp>").size(), 1u);
  EXPECT_EQ(objections_of_one("cohort/cohort.cc", "#include <nlohmann/json.hpp>").size(), 1u);
  EXPECT_EQ(objections_of_one("image/image_io.h", "#include <gtest/gtest.h>").size(), 1u);
  EXPECT_EQ(objections_of_one("evaluate/froc.cc", "#include <xlsxwriter.h>").size(), 1u);
  EXPECT_EQ(objections_of_one("image/image_io.cc", "#include \"core/testing.h\"").size(), 1u);
  EXPECT_EQ(objections_of_one("nn/resnet.cc", "#include <openvino/openvino.hpp>").size(), 1u);
}

TEST(Fence, CatchesWhatItDoesNotKnow) {
  EXPECT_EQ(objections_of_one("core/rng.cc", "#include <boost/any.hpp>").size(), 1u);
  EXPECT_EQ(objections_of_one("core/rng.cc", "#include \"rng.h\"").size(), 1u);
  EXPECT_EQ(objections_of_one("newroom/thing.cc", "#include <vector>").size(), 1u);
}

}  // namespace
