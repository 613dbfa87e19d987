// The files of src/ as text, for the tests that read them.
#pragma once

#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

struct SourceFile {
  std::string name;  // relative to src/: "image/rle.h"
  std::string text;
};

inline std::vector<SourceFile> source_files() {
  namespace fs = std::filesystem;
  const fs::path root = fs::path(MAMMOGRAFT_SOURCE_DIR) / "src";
  std::vector<SourceFile> files;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    const std::string suffix = entry.path().extension().string();
    if (suffix != ".h" && suffix != ".cc") continue;
    std::stringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    files.push_back({fs::relative(entry.path(), root).generic_string(), text.str()});
  }
  return files;
}

// A test, or what only tests may include.
inline bool is_test(const std::string& file) {
  static const std::regex name("_test\\.cc$|[/_]testing\\.h$|/test_\\w+\\.h$");
  return std::regex_search(file, name);
}

struct Include {
  int line;  // from 1
  bool quoted;
  std::string target;
};

inline std::vector<Include> includes_of(const std::string& text) {
  static const std::regex include("^\\s*#\\s*include\\s*([<\"])([^>\"]+)[>\"]");
  std::vector<Include> found;
  std::istringstream lines(text);
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    if (line.find("include") == std::string::npos) continue;  // regular expressions are slow
    std::smatch match;
    if (std::regex_search(line, match, include))
      found.push_back({number, match[1] == "\"", match[2]});
  }
  return found;
}
