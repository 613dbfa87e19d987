#include "report/html.h"

#include "core/error.h"
#include "report/assets.h"
#include "report/data_url.h"
#include "report/plot.h"
#include "report/template.h"

namespace mammograft {
namespace {

using kainjow::mustache::data;
using kainjow::mustache::object;

// Whatever `to_object` makes of each item.
template <typename Items, typename ToObject>
data list_of(const Items& items, ToObject to_object) {
  data list{data::type::list};
  for (const auto& item : items) list << data{to_object(item)};
  return list;
}

object cell(const std::string& text, bool numeric) { return {{"text", text}, {"number", numeric}}; }

data head_of(const Table& table) {
  data head{data::type::list};
  for (size_t c = 0; c < table.columns.size(); ++c) {
    head << data{
        cell(table.columns[c].title, !table.rows.empty() && is_number(table.rows.front()[c]))};
  }
  return head;
}

data rows_of(const Table& table) {
  return list_of(table.rows, [&](const std::vector<Cell>& row) {
    data cells{data::type::list};
    for (size_t c = 0; c < row.size(); ++c) {
      cells << data{cell(cell_text(row[c], table.columns[c]), is_number(row[c]))};
    }
    return object{{"cells", cells}};
  });
}

// What the template shows of a block: {"paragraph": ...}. Counts figures, so that their ids differ.
class BlockData {
 public:
  object operator()(const Paragraph& block) {
    return {{"paragraph", object{{"text", block.text}, {"warning", block.warning}}}};
  }

  object operator()(const std::vector<Headline>& block) {
    return {{"headlines", data{"list", list_of(block, [](const Headline& headline) {
                                 return object{{"value", headline.value},
                                               {"label", headline.label},
                                               {"note", headline.note}};
                               })}}};
  }

  object operator()(const Facts& block) {
    return {{"facts", data{"list", list_of(block.rows, [](const auto& row) {
                             return object{{"key", row.first}, {"value", row.second}};
                           })}}};
  }

  object operator()(const TableBlock& block) {
    return {{"table", object{{"caption", block.caption},
                             {"head", head_of(block.table)},
                             {"rows", rows_of(block.table)}}}};
  }

  object operator()(const Figure& block) {
    const std::string alt = block.caption.empty() ? block.name : block.caption;
    object figure = {{"svg", inline_svg(block.svg, fmt::format("figure{}-", ++figures_), alt)},
                     {"caption", block.caption}};
    if (block.files && !block.name.empty()) figure["name"] = block.name;
    return {{"figure", figure}};
  }

  object operator()(const Gallery& block) {
    const data pictures = list_of(block.pictures, [](const Picture& picture) {
      return object{{"source", data_url(picture.bytes)},
                    {"caption", picture.caption},
                    {"alt", picture.alt.empty() ? picture.caption : picture.alt}};
    });
    return {{"gallery", object{{"heading", block.heading},
                               {"text", block.text},
                               {"shape", block.wide ? "wide" : ""},
                               {"list", pictures}}}};
  }

  object operator()(const Legend& block) {
    return {{"legend", data{"list", list_of(block.entries, [](const LegendEntry& entry) {
                              return object{{"color", entry.color}, {"label", entry.label}};
                            })}}};
  }

  object operator()(const Collapsed& block) {
    const std::string json = block.json.dump(2, ' ', false, Json::error_handler_t::replace);
    return {{"collapsed", object{{"summary", block.summary}, {"json", json}}}};
  }

 private:
  int figures_ = 0;
};

}  // namespace

std::string html_escape(const std::string& text) { return kainjow::mustache::html_escape(text); }

std::string render(const Page& page) {
  BlockData block_data;
  int number = 0;
  const data sections = list_of(page.sections, [&](const Section& section) {
    const data blocks =
        list_of(section.blocks, [&](const Block& block) { return std::visit(block_data, block); });
    return object{{"id", fmt::format("section-{}", ++number)},
                  {"heading", section.title},
                  {"blocks", blocks}};
  });
  object values = {{"title", page.title},
                   {"generator", page.generator},
                   {"style", std::string(assets::page_css)},
                   {"sections", sections}};
  if (!page.subtitle.empty()) values["subtitle"] = page.subtitle;
  return fill(assets::page_html, values);
}

}  // namespace mammograft
