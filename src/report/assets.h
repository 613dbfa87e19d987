// The files of assets/report, compiled in by the build (cmake/mammograft_embed.cmake).
#pragma once

#include <string_view>

namespace mammograft::assets {

extern const std::string_view page_html;     // template of a report (report/template.h)
extern const std::string_view page_css;      // style of both pages
extern const std::string_view reader_html;   // template of the reader's page
extern const std::string_view reader_css;    // its own style, after the other
extern const std::string_view reader_js;     // the reader's page
extern const std::string_view rated_auc_js;  // ratedAuc(), without the page

}  // namespace mammograft::assets
