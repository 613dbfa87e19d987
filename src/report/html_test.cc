#include "report/html.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <regex>

#include "core/error.h"
#include "core/files.h"
#include "image/image_io.h"

namespace mammograft {
namespace {

const std::string kEvil = "<script>alert('x & \"y\"')</script>{{title}}";
const std::string kSvg =
    "<?xml version=\"1.0\"?>\n<svg viewBox=\"0 0 4 4\"><title>Gnuplot</title><g id='dot'/>"
    "<use href='#dot'/><text fill=\"black\">a</text></svg>";

Page page_of(std::vector<Block> blocks) {
  return {"title", "", "mammograft", {{"Section", std::move(blocks)}}};
}

std::string decode_base64(const std::string& text) {
  const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  unsigned bits = 0, held = 0;
  for (char c : text) {
    if (c == '=') break;
    bits = bits << 6 | static_cast<unsigned>(digits.find(c));
    held += 6;
    if (held >= 8) bytes += static_cast<char>(bits >> (held -= 8) & 255);
  }
  return bytes;
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

TEST(Html, FiguresDoNotShareIds) {
  const std::string html = render(page_of({Figure{"a", kSvg, "A"}, Figure{"b", kSvg, "B"}}));
  EXPECT_NE(html.find("id='figure1-dot'"), std::string::npos);
  EXPECT_NE(html.find("href='#figure2-dot'"), std::string::npos);
  EXPECT_EQ(html.find("id='dot'"), std::string::npos);
  EXPECT_EQ(html.find("Gnuplot"), std::string::npos);
  EXPECT_EQ(html.find("<?xml"), std::string::npos);
}

TEST(Base64, FollowsRfc4648) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64(std::string("\xff\xfe\x00", 3)), "//4A");
}

TEST(Html, EmbeddedPicturesDecode) {
  cv::Mat picture(5, 7, CV_16UC1, cv::Scalar(40000));
  const std::string png = encode_png(picture);
  const std::string html = render(page_of({Gallery{"Best", "", {{png, "a caption", ""}}}}));
  std::smatch found;
  ASSERT_TRUE(
      std::regex_search(html, found, std::regex("data:image/png;base64,([A-Za-z0-9+/=]+)")));
  const std::string bytes = decode_base64(found[1]);
  EXPECT_EQ(bytes, png);
  const fs::path file = fs::path(testing::TempDir()) / "embedded.png";
  write_file(file, bytes);
  const cv::Mat back = read_image(file).pixels;
  ASSERT_EQ(back.size(), picture.size());
  EXPECT_EQ(cv::norm(back, picture, cv::NORM_INF), 0);
  EXPECT_THROW(render(page_of({Gallery{"", "", {{"GIF89a", "", ""}}}})), Error);
}

}  // namespace
}  // namespace mammograft
