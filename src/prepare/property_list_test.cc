#include "prepare/property_list.h"

#include <cmath>

#include "prepare/test_folder.h"

namespace mammograft {
namespace {

class PropertyListTest : public FolderTest {
 protected:
  Json read(const std::string& text) {
    write_file(folder_ / "a.xml", text);
    return read_property_list(folder_ / "a.xml");
  }
  Json value(const std::string& xml) { return read("<plist version=\"1.0\">" + xml + "</plist>"); }
  std::string message_of(const std::string& text) {
    return error_of(ErrorKind::bad_input, [&] { read(text); });
  }
};

// As plistlib of Python 3.11 writes it.
const char* kByPlistlib = R"(<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>ROIs</key>
	<array>
		<dict>
			<key>Name</key>
			<string>Mass &lt;a&gt; &amp; b</string>
			<key>Area</key>
			<real>1.5</real>
			<key>Points</key>
			<array>
				<string>(1.000000, 2.500000)</string>
			</array>
			<key>big</key>
			<integer>-9007199254740993</integer>
			<key>on</key>
			<true/>
			<key>off</key>
			<false/>
			<key>at</key>
			<date>2010-01-02T03:04:05Z</date>
			<key>bytes</key>
			<data>
			AAH/
			</data>
			<key>empty</key>
			<string></string>
			<key>none</key>
			<dict/>
			<key>list</key>
			<array/>
		</dict>
	</array>
</dict>
</plist>
)";

TEST_F(PropertyListTest, ReadsWhatPlistlibWrites) {
  const Json expected = Json::parse(R"json({"ROIs": [{
      "Name": "Mass <a> & b", "Area": 1.5, "Points": ["(1.000000, 2.500000)"],
      "big": -9007199254740993, "on": true, "off": false, "at": "2010-01-02T03:04:05Z",
      "bytes": "AAH/", "empty": "", "none": {}, "list": []}]})json");
  EXPECT_EQ(read(kByPlistlib), expected);
}

TEST_F(PropertyListTest, ReadsOtherEncodingsAndMarks) {
  EXPECT_EQ(read("\xEF\xBB\xBF<?xml version=\"1.0\"?>\r\n<plist><string>\xC3\xA9</string></plist>"),
            "\xC3\xA9");
  EXPECT_EQ(read("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><plist><string>\xE9</string>"
                 "</plist>"),
            "\xC3\xA9");
  EXPECT_EQ(value("<string>&#233;&lt;&gt;&amp;&quot;&apos;</string>"), "\xC3\xA9<>&\"'");
  EXPECT_EQ(value("<!-- a note --><integer> +12 </integer>"), 12);
}

TEST_F(PropertyListTest, ReadsNumbersThatAreNone) {
  EXPECT_TRUE(std::isnan(value("<real>nan</real>").get<double>()));
  EXPECT_EQ(value("<real>-Infinity</real>").get<double>(), -INFINITY);
  EXPECT_EQ(value("<real>1e-3</real>").get<double>(), 1e-3);
}

TEST_F(PropertyListTest, SaysLineAndReason) {
  const std::string file = (folder_ / "a.xml").string();
  EXPECT_EQ(message_of("<plist>\n<dict>\n<key>a</key>\n</dict>\n</plist>"),
            file + ": line 4: found key \"a\" without a value");
  EXPECT_EQ(message_of("<plist>\n<dict>\n<key>a</key>\n<string>x\n</dict></plist>"),
            file + ": line 5: not an XML property list: mismatched tag");
  EXPECT_EQ(message_of("<plist><dict>\n<string>x</string></dict></plist>"),
            file + ": line 2: found <string> in a <dict> without a key before it");
  EXPECT_EQ(message_of("<plist><array>\n\n<integer>1x</integer></array></plist>"),
            file + ": line 3: found \"1x\" in <integer>, expected a number");
}

TEST_F(PropertyListTest, RefusesWhatIsNoPropertyList) {
  EXPECT_CONTAINS(message_of(""), "line 1: not an XML property list: no element found");
  EXPECT_CONTAINS(message_of("hello"), "line 1: not an XML property list: syntax error");
  EXPECT_CONTAINS(message_of("bplist00\xD1"), "a binary property list, expected one in XML");
  EXPECT_CONTAINS(message_of("<html/>"), "found <html>, expected a property list, <plist>");
  EXPECT_CONTAINS(message_of("<plist/>"), "<plist> without a value");
  EXPECT_CONTAINS(message_of("<plist><true/><true/></plist>"), "a second value in <plist>");
  EXPECT_CONTAINS(message_of("<plist><set/></plist>"), "found <set>");
  EXPECT_CONTAINS(message_of("<plist><array>x</array></plist>"), "text in <array>");
  EXPECT_CONTAINS(message_of("<plist><string><true/></string></plist>"), "<true> in <string>");
  EXPECT_CONTAINS(message_of("<plist><array><key>a</key></array></plist>"), "<key> in <array>");
  EXPECT_CONTAINS(message_of("<plist><true>yes</true></plist>"), "text in <true>");
  EXPECT_CONTAINS(message_of("<plist><dict><key>a</key><key>b</key></dict></plist>"),
                  "key \"a\" without a value");
  EXPECT_CONTAINS(message_of("<plist><dict><key>a</key><true/><key>a</key><true/></dict></plist>"),
                  "key \"a\" twice");
  EXPECT_CONTAINS(message_of("<plist><integer></integer></plist>"), "expected a number");
  EXPECT_CONTAINS(message_of("<plist><string>\xE9</string></plist>"), "not well-formed");
}

TEST_F(PropertyListTest, ExpandsNoEntities) {
  EXPECT_CONTAINS(message_of("<!DOCTYPE plist [\n<!ENTITY lol \"lol\">\n<!ENTITY lol2 "
                             "\"&lol;&lol;\">\n]>\n<plist><string>&lol2;</string></plist>"),
                  "line 2: found an entity that is declared (\"lol\"), expected none");
  EXPECT_CONTAINS(message_of("<!DOCTYPE plist [<!ENTITY f SYSTEM \"f.txt\">]><plist/>"),
                  "an entity that is declared (\"f\")");
  EXPECT_CONTAINS(message_of("<!DOCTYPE plist SYSTEM \"a.dtd\">\n<plist><string>&lol;</string>"
                             "</plist>"),
                  "line 2: found the entity \"lol\", expected XML's own five");
  EXPECT_CONTAINS(message_of("<plist><string>&lol;</string></plist>"), "undefined entity");
}

TEST_F(PropertyListTest, LimitsDepth) {
  const auto nested = [&](int levels) {
    std::string text;
    for (int i = 0; i < levels; ++i) text += "<array>";
    for (int i = 0; i < levels; ++i) text += "</array>";
    return "<plist>" + text + "</plist>";
  };
  EXPECT_EQ(read(nested(63)).size(), 1u);
  EXPECT_CONTAINS(message_of(nested(64)), "a list of more than 64 levels");
  EXPECT_CONTAINS(message_of(nested(100000)), "a list of more than 64 levels");
}

TEST_F(PropertyListTest, LimitsSize) {
  write_file(folder_ / "a.xml", "<plist><true/></plist>");
  fs::resize_file(folder_ / "a.xml", (64 << 20) + 1);
  EXPECT_CONTAINS(error_of(ErrorKind::bad_input, [&] { read_property_list(folder_ / "a.xml"); }),
                  "found 67108865 bytes, expected a property list of at most 67108864");
  error_of(ErrorKind::io, [&] { read_property_list(folder_ / "none.xml"); });
}

}  // namespace
}  // namespace mammograft
