// One self-contained HTML page: text, tables, figures, galleries, configuration. No network, no
// script; light or dark as the reader's system is set; fit for a phone and for paper.
#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/json.h"
#include "report/table.h"

namespace mammograft {

// Everything given to a page is plain text and is escaped by it, except Figure::svg.

struct Paragraph {
  std::string text;
  bool warning = false;  // set apart, with a coloured edge
};

struct Headline {  // a big number
  std::string value, label, note;
};

struct Facts {  // keys and values
  std::vector<std::pair<std::string, std::string>> rows;
};

struct TableBlock {
  Table table;
  std::string caption;
};

struct Figure {
  std::string name;  // of the files beside the page: name.svg, name.csv, name.gp
  std::string svg;   // as gnuplot wrote it
  std::string caption;
  bool files = true;  // say where the files are
};

struct Picture {
  std::string bytes;  // a whole JPEG or PNG file
  std::string caption;
  std::string alt;
};

struct Gallery {
  std::string heading, text;
  std::vector<Picture> pictures;  // none: says so
  bool wide = false;              // one a row, as wide as the page
};

struct LegendEntry {  // what a colour in the pictures means
  std::string color;  // CSS: "#009e73"
  std::string label;
};
struct Legend {
  std::vector<LegendEntry> entries;
};

struct Collapsed {  // closed until clicked, open on paper
  std::string summary;
  Json json;
};

using Block = std::variant<Paragraph, std::vector<Headline>, Facts, TableBlock, Figure, Gallery,
                           Legend, Collapsed>;

struct Section {
  std::string title;
  std::vector<Block> blocks;
};

struct Page {
  std::string title, subtitle;
  std::string generator;  // "mammograft 0.1.0", in the footer
  std::vector<Section> sections;
};

// Throws defect for pictures that are neither JPEG nor PNG.
std::string render(const Page& page);

std::string html_escape(const std::string& text);  // & < > " '

}  // namespace mammograft
