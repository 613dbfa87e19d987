// No rings: x.h and x.cc are one noun, and nouns do not include each other in a circle. Tests may
// include what they like.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "source_files.h"

namespace {

using Graph = std::map<std::string, std::set<std::string>>;  // noun -> what it includes

std::string noun_of(const std::string& file) { return file.substr(0, file.rfind('.')); }

Graph graph_of(const std::vector<SourceFile>& files) {
  Graph graph;
  for (const SourceFile& file : files) {
    if (is_test(file.name)) continue;
    const std::string noun = noun_of(file.name);
    for (const Include& include : includes_of(file.text)) {
      const std::string other = noun_of(include.target);
      if (include.quoted && other != noun) graph[noun].insert(other);
    }
  }
  return graph;
}

// Walks the graph depth first; an arrow to a noun that it stands on closes a ring.
class RingFinder {
 public:
  explicit RingFinder(const Graph& graph) : graph_(graph) {
    for (const auto& [noun, unused] : graph) visit(noun);
  }
  const std::vector<std::string>& rings() const { return rings_; }  // "a -> b -> a"

 private:
  void visit(const std::string& noun) {
    const auto place = std::find(path_.begin(), path_.end(), noun);
    if (place != path_.end()) {
      std::string ring;
      for (auto at = place; at != path_.end(); ++at) ring += *at + " -> ";
      rings_.push_back(ring + noun);
      return;
    }
    const auto arrows = graph_.find(noun);
    if (!done_.insert(noun).second || arrows == graph_.end()) return;
    path_.push_back(noun);
    for (const std::string& other : arrows->second) visit(other);
    path_.pop_back();
  }

  const Graph& graph_;
  std::set<std::string> done_;
  std::vector<std::string> path_, rings_;
};

std::vector<std::string> rings_of(const std::vector<SourceFile>& files) {
  return RingFinder(graph_of(files)).rings();
}

std::string include(const std::string& file) { return "#include \"" + file + "\"\n"; }

TEST(Rings, TheSourcesHaveNone) {
  const std::vector<SourceFile> files = source_files();
  EXPECT_GT(graph_of(files).size(), 50u) << "found too few sources";
  for (const std::string& ring : rings_of(files)) ADD_FAILURE() << ring;
}

TEST(Rings, ARingIsFoundThroughHeadersAndTheirSources) {
  const std::vector<std::string> rings = rings_of({{"a/one.h", ""},
                                                   {"a/one.cc", include("a/two.h")},
                                                   {"a/two.h", include("a/three.h")},
                                                   {"a/three.cc", include("a/one.h")}});
  EXPECT_EQ(rings, std::vector<std::string>{"a/one -> a/two -> a/three -> a/one"});
}

TEST(Rings, EachOfSeveralIsFound) {
  const std::vector<std::string> rings = rings_of({{"a/one.h", include("a/two.h")},
                                                   {"a/two.h", include("a/one.h")},
                                                   {"b/one.h", include("b/two.h")},
                                                   {"b/two.cc", include("b/one.h")}});
  EXPECT_EQ(rings.size(), 2u);
}

TEST(Rings, WhatOnlyMeetsAgainIsNone) {
  EXPECT_TRUE(
      rings_of({{"a/one.cc", include("a/one.h") + include("a/two.h") + include("a/three.h")},
                {"a/two.h", include("a/four.h")},
                {"a/three.h", include("a/four.h")},
                {"a/four.cc", "#include <a/one.h>\n// " + include("a/one.h")}})
          .empty());
}

TEST(Rings, TestsAreLeftOut) {
  EXPECT_TRUE(rings_of({{"a/one.h", include("a/two.h")},
                        {"a/two_test.cc", include("a/one.h")},
                        {"a/two_testing.h", include("a/one.h")}})
                  .empty());
}

}  // namespace
