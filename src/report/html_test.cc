#include "report/html.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <regex>

#include "image/image_io.h"
#include "report/data_url.h"

namespace mammograft {
namespace {

const std::string kEvil = "<script>alert('x & \"y\"')</script>{{title}}";
const std::string kSvg =
    "<?xml version=\"1.0\"?>\n<svg viewBox=\"0 0 4 4\"><title>Gnuplot</title><g id='dot'/>"
    "<use href='#dot'/><text fill=\"black\">a</text></svg>";

Page page_of(std::vector<Block> blocks) {
  return {"title", "", "mammograft", {{"Section", std::move(blocks)}}};
}

TEST(Html, EscapesEverythingThatIsText) {
  Table table{{{"k", kEvil}}, {{kEvil}}};
  Page page = page_of({Paragraph{kEvil}, std::vector<Headline>{{kEvil, kEvil, kEvil}},
                       Facts{{{kEvil, kEvil}}}, TableBlock{table, kEvil},
                       Figure{kEvil, kSvg, kEvil}, Gallery{kEvil, kEvil, {}},
                       Legend{{{kEvil, kEvil}}}, Collapsed{kEvil, Json{{kEvil, kEvil}}}});
  page.title = page.subtitle = page.generator = page.sections[0].title = kEvil;
  const std::string html = render(page);
  EXPECT_EQ(html.find("<script"), std::string::npos);
  EXPECT_EQ(html.find("alert('"), std::string::npos);
  EXPECT_NE(html.find("&lt;script&gt;"), std::string::npos);
  EXPECT_NE(html.find("{{title}}"), std::string::npos) << "text is no template";
}

TEST(Html, IsOneFileWithoutNetworkOrScript) {
  const std::string html = render(page_of({Figure{"froc", kSvg, "a figure"}}));
  EXPECT_FALSE(std::regex_search(html, std::regex("(src|href)=[\"']?(https?:|//)")));
  EXPECT_EQ(html.find("<link"), std::string::npos);
  EXPECT_EQ(html.find("@import"), std::string::npos);
  EXPECT_NE(html.find("for research use only"), std::string::npos);
  EXPECT_NE(html.find("prefers-color-scheme: dark"), std::string::npos);
}

TEST(Html, SetsNumbersAndWarningsApart) {
  const Table table{{{"name", "Name"}, {"x", "X", 1}}, {{std::string("a"), 0.25}}};
  const std::string html =
      render(page_of({Paragraph{"calm"}, Paragraph{"alarm", true}, TableBlock{table, ""}}));
  EXPECT_NE(html.find("<p>calm</p>"), std::string::npos);
  EXPECT_NE(html.find("<p class=\"warning\">alarm</p>"), std::string::npos);
  EXPECT_NE(html.find("<th>Name</th><th class=\"n\">X</th>"), std::string::npos) << html;
  EXPECT_NE(html.find("<td>a</td><td class=\"n\">0.2</td>"), std::string::npos) << html;
}

TEST(Html, GalleriesHoldTheirPicturesOrSayThatThereAreNone) {
  const std::string png = encode_png(cv::Mat(5, 7, CV_16UC1, cv::Scalar(40000)));
  const std::string html = render(page_of({Gallery{"Best", "", {{png, "a caption", ""}}}}));
  EXPECT_NE(html.find("src=\"" + data_url(png) + "\" alt=\"a caption\""), std::string::npos);
  EXPECT_EQ(html.find("None."), std::string::npos);
  EXPECT_EQ(html.find("class=\"gallery wide\""), std::string::npos);
  EXPECT_NE(render(page_of({Gallery{"Best", "", {}}})).find("None."), std::string::npos);
  EXPECT_NE(render(page_of({Gallery{"", "", {}, true}})).find("class=\"gallery wide\""),
            std::string::npos);
}

TEST(Html, KeepsTheOrderOfBlocksOfAllKinds) {
  const std::string html = render(page_of({Collapsed{"first", Json{}}, Paragraph{"second"},
                                           Legend{{{"#fff", "third"}}}, Facts{{{"fourth", ""}}}}));
  size_t last = 0;
  for (const char* text : {"first", "second", "third", "fourth"}) {
    const size_t at = html.find(text, last);
    ASSERT_NE(at, std::string::npos) << text;
    last = at;
  }
}

TEST(Html, FiguresDoNotShareIds) {
  const std::string html = render(page_of({Figure{"a", kSvg, "A"}, Figure{"b", kSvg, "B"}}));
  EXPECT_NE(html.find("id='figure1-dot'"), std::string::npos);
  EXPECT_NE(html.find("href='#figure2-dot'"), std::string::npos);
  EXPECT_EQ(html.find("id='dot'"), std::string::npos);
  EXPECT_EQ(html.find("Gnuplot"), std::string::npos);
  EXPECT_EQ(html.find("<?xml"), std::string::npos);
}

}  // namespace
}  // namespace mammograft
