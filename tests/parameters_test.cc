// No function of a header takes more than six parameters: more of them are an options struct, or
// two functions. Read by a parser that knows no more of C++ than that.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "source_files.h"

namespace {

constexpr int kMost = 6;

// Where what begins at `at` and is no code ends: a comment, a string or a preprocessor line; `at`
// itself where there is code.
size_t end_of_noise(const std::string& text, size_t at) {
  const auto behind = [&](const std::string& end, size_t from) {
    const size_t found = text.find(end, from);
    return found == std::string::npos ? text.size() : found + end.size();
  };
  if (text.compare(at, 2, "//") == 0) return behind("\n", at) - 1;
  if (text.compare(at, 2, "/*") == 0) return behind("*/", at + 2);
  if (text.compare(at, 2, "R\"") == 0) {
    const size_t open = text.find('(', at);
    std::string end = ")";
    end += std::string_view(text).substr(at + 2, open - at - 2);
    return behind(end += '"', open);
  }
  const bool in_number = at > 0 && std::isalnum(static_cast<unsigned char>(text[at - 1]));
  if (text[at] == '"' || (text[at] == '\'' && !in_number)) {
    size_t end = at + 1;
    while (end < text.size() && text[end] != text[at]) end += text[end] == '\\' ? 2 : 1;
    return end + 1;
  }
  const size_t line = text.find_last_not_of(" \t", at == 0 ? 0 : at - 1);
  if (text[at] == '#' && (at == 0 || line == std::string::npos || text[line] == '\n')) {
    size_t end = behind("\n", at);
    while (end < text.size() && end >= 2 && text[end - 2] == '\\') end = behind("\n", end);
    return end - 1;
  }
  return at;
}

// The text with all that blank; the lines stay where they are.
std::string code_of(std::string text) {
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(end_of_noise(text, at), text.size());
    for (size_t i = at; i < end; ++i) {
      if (text[i] != '\n') text[i] = ' ';
    }
    at = std::max(end, at + 1);
  }
  return text;
}

struct Function {
  std::string name;
  int line = 0;  // of its parameters' begin
  int parameters = 0;
};

class HeaderParser {
 public:
  explicit HeaderParser(const std::string& text) : code_(code_of(text)) { read(); }
  std::vector<Function> take() { return std::move(functions_); }

 private:
  // A statement at a time, into namespaces and classes, past bodies and values.
  void read() {
    for (; at_ < code_.size(); ++at_) {
      const char c = code_[at_];
      if (c == ';' || c == '}') {
        begin_statement();
      } else if (c == '{') {
        opens_scope() ? begin_statement() : skip_to('}');
      } else if (c == '(') {
        read_parameters();
      } else if (c == '=' && !is_operator() && !in_template()) {
        skip_value();
      }
    }
  }

  void begin_statement() { statement_ = at_ + 1, lists_ = 0; }
  std::string statement() const { return code_.substr(statement_, at_ - statement_); }
  bool is_operator() const {
    static const std::regex name("operator\\s*[<>=!+*/-]*$");
    return std::regex_search(statement(), name);
  }

  bool in_template() const {
    const std::string text = statement();
    return std::count(text.begin(), text.end(), '<') > std::count(text.begin(), text.end(), '>');
  }

  bool opens_scope() const {
    static const std::regex parameters("template\\s*<[^<>]*(<[^<>]*>[^<>]*)*>"),
        scope("\\b(namespace|class|struct|union|extern)\\b");
    return lists_ == 0 && std::regex_search(std::regex_replace(statement(), parameters, ""), scope);
  }

  // From an opening bracket to the one that closes it.
  void skip_to(char close) {
    const char open = code_[at_];
    for (int depth = 0; at_ < code_.size(); ++at_) {
      if (code_[at_] == open) ++depth;
      if (code_[at_] == close && --depth == 0) break;
    }
    // Behind a function's body begins what comes next.
    if (close == '}' && lists_ > 0) begin_statement();
  }

  void skip_value() {
    while (at_ + 1 < code_.size() && code_[at_ + 1] != ';') {
      ++at_;
      if (code_[at_] == '{') skip_to('}');
      if (code_[at_] == '(') skip_to(')');
    }
  }

  void read_parameters() {
    Function function{name_before(),
                      1 + static_cast<int>(std::count(code_.begin(), code_.begin() + at_, '\n'))};
    const size_t begin = at_ + 1;
    skip_to(')');
    const std::string inside = code_.substr(begin, at_ - begin);
    // A constructor's initialisers are calls.
    static const std::regex initialisers("\\)[^(:]*:[^:]");
    const bool call = lists_++ > 0 && std::regex_search(statement(), initialisers);
    function.parameters = count(inside);
    if (!call) functions_.push_back(function);
  }

  std::string name_before() const {
    size_t end = at_;
    while (end > 0 && std::isspace(static_cast<unsigned char>(code_[end - 1]))) --end;
    size_t begin = end;
    const auto in_name = [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '~';
    };
    while (begin > 0 && in_name(code_[begin - 1])) --begin;
    return code_.substr(begin, end - begin);
  }

  // Commas of `list` that no bracket holds, and one.
  static int count(const std::string& list) {
    if (list.find_first_not_of(" \t\n") == std::string::npos) return 0;
    int depth = 0, commas = 0;
    for (size_t i = 0; i < list.size(); ++i) {
      const char c = list[i];
      if (c == '(' || c == '[' || c == '{' || c == '<') ++depth;
      if (c == ')' || c == ']' || c == '}' || (c == '>' && i > 0 && list[i - 1] != '-')) --depth;
      if (c == ',' && depth == 0) ++commas;
    }
    return commas + 1;
  }

  std::string code_;
  size_t at_ = 0, statement_ = 0;
  int lists_ = 0;  // in parentheses, of this statement
  std::vector<Function> functions_;
};

std::vector<Function> functions_of(const std::string& header) {
  return HeaderParser(header).take();
}

std::vector<Function> long_functions(const std::string& header) {
  std::vector<Function> found;
  for (const Function& function : functions_of(header)) {
    if (function.parameters > kMost) found.push_back(function);
  }
  return found;
}

int parameters_of(const std::string& header) {
  const std::vector<Function> functions = functions_of(header);
  return functions.empty() ? -1 : functions.front().parameters;
}

TEST(Parameters, NoHeaderHasAFunctionOfMoreThanSix) {
  size_t functions = 0;
  for (const SourceFile& file : source_files()) {
    if (!file.name.ends_with(".h")) continue;
    functions += functions_of(file.text).size();
    for (const Function& function : long_functions(file.text)) {
      ADD_FAILURE() << file.name << ":" << function.line << ": " << function.name << " has "
                    << function.parameters << " parameters, at most " << kMost;
    }
  }
  EXPECT_GT(functions, 300u) << "read too few functions";
}

TEST(Parameters, AreCounted) {
  EXPECT_EQ(parameters_of("void f();"), 0);
  EXPECT_EQ(parameters_of("void f( );"), 0);
  EXPECT_EQ(parameters_of("void f(int a);"), 1);
  EXPECT_EQ(parameters_of("int f(int a,\n      int b) const;"), 2);
  EXPECT_EQ(parameters_of("void f(std::map<int, std::pair<int, int>> a, int b = g(1, 2));"), 2);
  EXPECT_EQ(parameters_of("void f(const std::function<void(int, int)>& a, int (*b)(int, int));"),
            2);
  EXPECT_EQ(parameters_of("void f(A a = {1, 2, 3}, std::array<int, 2> b = {1, 2});"), 2);
  EXPECT_EQ(parameters_of("struct A { explicit A(int a, int b); };"), 2);
  EXPECT_EQ(parameters_of("struct A { A& operator=(A&& a); bool operator<(const A& a) const; };"),
            1);
  EXPECT_EQ(parameters_of("template <class T, int N>\nvoid f(T a, int b) { g(a, b, N); }"), 2);
}

TEST(Parameters, SevenAreCaughtWhereverTheyStand) {
  const std::string seven = "(int a, int b, int c, int d, int e, int f, int g)";
  for (const std::string& header : {
           "void f" + seven + ";",
           "namespace n {\nstruct A {\n  A" + seven + ";\n};\n}",
           "class A {\n public:\n  void f() { g({1, 2}); }\n  virtual void h" + seven +
               " const = 0;\n};",
           "struct A {\n  A(int a) : a_(a), b_{a} {}\n  static A of" + seven + ";\n};",
           "struct A { int a = 3; std::vector<int> b = {1, 2}; void f" + seven + "; };",
           "enum class E { one, two };\ninline int f" + seven + " { return a; }",
           "template <typename T>\nclass A : public B<T, int> {\n  void f" + seven + ";\n};",
           "#define X(a) \\\n  a\nvoid f" + seven + ";",
           "template <typename T, typename U = int>\nvoid f" + seven + ";",
           "const int a = 1'000; const char b = '('; void f" + seven + ";",
           "const char* a = R\"x(\")x\"; void f" + seven + ";",
           "struct A { A& operator=(A&&); friend bool operator==(const A&, const A&) = default; "
           "void f" +
               seven + "; };",
           "inline constexpr char kText[] = \"(\"; void f" + seven + ";",
       }) {
    EXPECT_EQ(long_functions(header).size(), 1u) << header;
  }
  const auto found = long_functions("// one\n/* two\n*/\nint g(int a);\nvoid f" + seven + ";");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].name, "f");
  EXPECT_EQ(found[0].line, 5);
  EXPECT_EQ(found[0].parameters, 7);
}

TEST(Parameters, WhatIsNoFunctionOfSevenIsLetThrough) {
  for (const char* header : {
           "void f(int a, int b, int c, int d, int e, int f);",
           "// void f(int a, int b, int c, int d, int e, int f, int g);",
           "/* void f(int a, int b, int c, int d, int e, int f, int g); */",
           "inline void f() { g(1, 2, 3, 4, 5, 6, 7); }",
           "const int a = g(1, 2, 3, 4, 5, 6, 7);",
           "struct A { int a = g(1, 2, 3, 4, 5, 6, 7); };",
           "struct A { A() : a(g(1, 2, 3, 4, 5, 6, 7)) {} };",
           "struct A { A() : a(1, 2, 3, 4, 5, 6, 7) {} };",
           "#define F(a, b, c, d, e, f, g) a",
           "void f(std::tuple<int, int, int, int, int, int, int> a);",
           "void f(const char* text = \"a, b, c, d, e, f, g\");",
           "enum E { a, b, c, d, e, f, g };",
           "inline const int a[] = {1, 2, 3, 4, 5, 6, 7};",
       }) {
    EXPECT_TRUE(long_functions(header).empty()) << header;
  }
}

}  // namespace
