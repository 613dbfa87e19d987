#include "phantom/property_list_text.h"

#include <gtest/gtest.h>

namespace mammograft {
namespace {

TEST(PropertyListText, IsApplesForm) {
  const Json list = Json::parse(
      R"({"Images": [{"Name": "a <b> & c", "Area": 1.5, "Type": 15, "on": true}], "none": []})");
  EXPECT_EQ(property_list_text(list),
            R"(<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>Images</key>
	<array>
		<dict>
			<key>Name</key>
			<string>a &lt;b&gt; &amp; c</string>
			<key>Area</key>
			<real>1.500000</real>
			<key>Type</key>
			<integer>15</integer>
			<key>on</key>
			<true/>
		</dict>
	</array>
	<key>none</key>
	<array>
	</array>
</dict>
</plist>
)");
}

}  // namespace
}  // namespace mammograft
