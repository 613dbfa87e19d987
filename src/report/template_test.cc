#include "report/template.h"

#include <gtest/gtest.h>

#include "core/testing.h"
#include "report/assets.h"

namespace mammograft {
namespace {

using kainjow::mustache::data;

TEST(Template, TakesTagsOutOfComments) {
  data list{data::type::list};
  for (const char* name : {"a", "<b>"}) list << data{"name", std::string(name)};
  const data values{"list", list};
  EXPECT_EQ(fill("<!--{{#list}}--><i>{{name}}</i><!--{{/list}}-->", values),
            "<i>a</i><i>&lt;b&gt;</i>");
  EXPECT_EQ(fill("<!--{{#list}}-->\n{{{name}}}\n<!--{{/list}}-->\n", values), "a\n<b>\n")
      << "a line of tags alone is no line";
  EXPECT_EQ(fill("<!-- kept -->", values), "<!-- kept -->");
}

TEST(Template, LeavesOutWhatOnlyTheOpenedTemplateShows) {
  EXPECT_EQ(fill("a<!--{{!--><b>sample</b><!--}}-->c", data{}), "ac");
  EXPECT_EQ(fill("<!--{{!--><b>sample</b><!--}}{{{x}}}{{!}}-->", data{"x", "<i>"}), "<i>");
}

TEST(Template, RefusesOneThatIsNotClosed) {
  EXPECT_ERROR(fill("<!--{{#list}}-->", data{}), defect, "list");
}

// What a browser shows of a template that it opens: no tag of a section, and the samples.
TEST(Template, OfThePagesShowsNoSectionTagInABrowser) {
  for (std::string text : {std::string(assets::page_html), std::string(assets::reader_html)}) {
    for (size_t at = text.find("<!--"); at != std::string::npos; at = text.find("<!--", at)) {
      const size_t end = text.find("-->", at);
      ASSERT_NE(end, std::string::npos);
      text.erase(at, end + 3 - at);
    }
    for (const char* tag : {"{{#", "{{/", "{{^", "{{!", "{{{"}) {
      EXPECT_EQ(text.find(tag), std::string::npos) << text.substr(text.find(tag), 60);
    }
    EXPECT_NE(text.find("<link rel=\"stylesheet\" href=\"page.css\">"), std::string::npos);
    EXPECT_NE(text.find("sample.svg"), std::string::npos);
  }
}

}  // namespace
}  // namespace mammograft
