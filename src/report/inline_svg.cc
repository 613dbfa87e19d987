#include <array>

#include "core/error.h"
#include "report/html.h"
#include "report/plot.h"

namespace mammograft {
namespace {

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

// Removes every `<tag ...>...</tag>`; the elements hold no further ones of their kind.
void remove_elements(std::string& svg, const std::string& tag) {
  for (size_t at = svg.find("<" + tag + ">"); at != std::string::npos;
       at = svg.find("<" + tag + ">", at)) {
    const std::string end = "</" + tag + ">";
    const size_t stop = svg.find(end, at);
    if (stop == std::string::npos) return;
    svg.erase(at, stop + end.size() - at);
  }
}

}  // namespace

std::string inline_svg(const std::string& source, const std::string& id_prefix,
                       const std::string& alt) {
  const size_t start = source.find("<svg");
  if (start == std::string::npos) fail(ErrorKind::defect, "a figure is no SVG");
  std::string svg = source.substr(start);
  remove_elements(svg, "title");  // gnuplot's own, which browsers show on hovering
  remove_elements(svg, "desc");
  for (const std::string quote : {"'", "\""}) {
    replace_all(svg, "id=" + quote, "id=" + quote + id_prefix);
    replace_all(svg, "href=" + quote + "#", "href=" + quote + "#" + id_prefix);
  }
  replace_all(svg, "url(#", "url(#" + id_prefix);
  // The style sheet gives the page's own ink and paper to these classes of paint.
  for (const std::string paint : {"black", "rgb(0, 0, 0)", "#000000"}) {
    for (const std::string quote : {"'", "\""}) {
      for (const std::string attribute : {"fill=", "stroke=", "color="}) {
        replace_all(svg, attribute + quote + paint + quote,
                    attribute + quote + "currentColor" + quote);
      }
    }
  }
  replace_all(svg, "color=\"currentColor\"", "");  // inherited from the page
  replace_all(svg, "fill=\"#ffffff\"", "fill=\"none\"");
  svg.insert(4, " role=\"img\" aria-label=\"" + html_escape(alt) + "\"");
  return svg;
}

}  // namespace mammograft
