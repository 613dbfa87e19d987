#include "report/html.h"

#include <kainjow/mustache.hpp>

#include "core/error.h"
#include "report/plot.h"
#include "report/style.h"

namespace mammograft {
namespace {

namespace mustache = kainjow::mustache;
using mustache::data;

std::string fill(const char* source, const data& values) {
  mustache::mustache page{std::string(source)};
  std::string result = page.render(values);
  ensure(page.is_valid(), "page template: {}", page.error_message());
  return result;
}

std::string media_type(const std::string& bytes) {
  if (bytes.rfind("\xff\xd8\xff", 0) == 0) return "image/jpeg";
  if (bytes.rfind("\x89PNG\r\n", 0) == 0) return "image/png";
  fail(ErrorKind::defect, "a picture of the page is neither JPEG nor PNG");
}

// Turns blocks into HTML; counts figures, so that their ids differ.
class Renderer {
 public:
  std::string operator()(const Paragraph& block) {
    data values;
    values.set("text", block.text);
    values.set("class", block.warning ? " class=\"warning\"" : "");
    return fill("<p{{{class}}}>{{text}}</p>\n", values);
  }

  std::string operator()(const std::vector<Headline>& block) {
    data list{data::type::list};
    for (const Headline& headline : block) {
      data item;
      item.set("value", headline.value);
      item.set("label", headline.label);
      item.set("note", headline.note);
      list << item;
    }
    return fill(
        "<div class=\"headlines\">{{#list}}<div><b>{{value}}</b><span>{{label}}</span>"
        "<small>{{note}}</small></div>\n{{/list}}</div>\n",
        data{"list", list});
  }

  std::string operator()(const Facts& block) {
    data list{data::type::list};
    for (const auto& [key, value] : block.rows) {
      data item;
      item.set("key", key);
      item.set("value", value);
      list << item;
    }
    return fill("<dl>{{#list}}<dt>{{key}}</dt><dd>{{value}}</dd>\n{{/list}}</dl>\n",
                data{"list", list});
  }

  std::string operator()(const TableBlock& block) {
    const Table& table = block.table;
    data head{data::type::list}, rows{data::type::list};
    for (size_t c = 0; c < table.columns.size(); ++c) {
      const bool numeric = !table.rows.empty() && is_number(table.rows.front()[c]);
      head << cell(table.columns[c].title, numeric);
    }
    for (const auto& row : table.rows) {
      data cells{data::type::list};
      for (size_t c = 0; c < row.size(); ++c) {
        cells << cell(cell_text(row[c], table.columns[c]), is_number(row[c]));
      }
      rows << data{"cells", cells};
    }
    data values;
    values.set("caption", block.caption);
    values.set("head", head);
    values.set("rows", rows);
    return fill(
        "<div class=\"scroll\"><table>{{#caption}}<caption>{{caption}}</caption>{{/caption}}"
        "<thead><tr>{{#head}}<th{{{class}}}>{{text}}</th>{{/head}}</tr></thead>\n<tbody>"
        "{{#rows}}<tr>{{#cells}}<td{{{class}}}>{{text}}</td>{{/cells}}</tr>\n{{/rows}}"
        "</tbody></table></div>\n",
        values);
  }

  std::string operator()(const Figure& block) {
    data values;
    const std::string alt = block.caption.empty() ? block.name : block.caption;
    values.set("svg", inline_svg(block.svg, fmt::format("figure{}-", ++figures_), alt));
    values.set("caption", block.caption);
    if (block.files && !block.name.empty()) values.set("name", block.name);
    return fill(
        "<figure>{{{svg}}}<figcaption>{{caption}}{{#name}} <span class=\"files\">"
        "<a href=\"{{name}}.svg\">SVG</a> · <a href=\"{{name}}.csv\">CSV</a> · "
        "<a href=\"{{name}}.gp\">gnuplot</a></span>{{/name}}</figcaption></figure>\n",
        values);
  }

  std::string operator()(const Gallery& block) {
    data list{data::type::list};
    for (const Picture& picture : block.pictures) {
      data item;
      item.set("type", media_type(picture.bytes));
      item.set("bytes", base64(picture.bytes));
      item.set("caption", picture.caption);
      item.set("alt", picture.alt.empty() ? picture.caption : picture.alt);
      list << item;
    }
    data values;
    values.set("heading", block.heading);
    values.set("text", block.text);
    values.set("list", list);
    return fill(
        "<h3>{{heading}}</h3>\n{{#text}}<p>{{text}}</p>\n{{/text}}<div class=\"gallery\">"
        "{{#list}}<figure><img loading=\"lazy\" src=\"data:{{{type}}};base64,{{{bytes}}}\" "
        "alt=\"{{alt}}\"><figcaption>{{caption}}</figcaption></figure>\n{{/list}}"
        "{{^list}}<p class=\"none\">None.</p>{{/list}}</div>\n",
        values);
  }

  std::string operator()(const Legend& block) {
    data list{data::type::list};
    for (const LegendEntry& entry : block.entries) {
      data item;
      item.set("color", entry.color);
      item.set("label", entry.label);
      list << item;
    }
    return fill(
        "<div class=\"legend\">{{#list}}<span><i style=\"border-color:{{color}}\"></i>"
        "{{label}}</span>\n{{/list}}</div>\n",
        data{"list", list});
  }

  std::string operator()(const Collapsed& block) {
    data values;
    values.set("summary", block.summary);
    values.set("json", block.json.dump(2, ' ', false, Json::error_handler_t::replace));
    return fill("<details><summary>{{summary}}</summary><pre>{{json}}</pre></details>\n", values);
  }

 private:
  static data cell(const std::string& text, bool numeric) {
    data item;
    item.set("text", text);
    item.set("class", numeric ? " class=\"n\"" : "");
    return item;
  }

  int figures_ = 0;
};

}  // namespace

std::string html_escape(const std::string& text) { return mustache::html_escape(text); }

std::string base64(const std::string& bytes) {
  static const char* const digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t left = std::min<size_t>(3, bytes.size() - i);
    uint32_t group = 0;
    for (size_t k = 0; k < 3; ++k) {
      group = group << 8 | (k < left ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    }
    for (size_t k = 0; k < 4; ++k) {
      text += k <= left ? digits[group >> (18 - 6 * k) & 63] : '=';
    }
  }
  return text;
}

std::string render(const Page& page) {
  Renderer renderer;
  data sections{data::type::list};
  for (size_t i = 0; i < page.sections.size(); ++i) {
    std::string body;
    for (const Block& block : page.sections[i].blocks) body += std::visit(renderer, block);
    data section;
    section.set("id", fmt::format("section-{}", i + 1));
    section.set("heading", page.sections[i].title);
    section.set("body", body);
    sections << section;
  }
  data values;
  values.set("title", page.title);
  if (!page.subtitle.empty()) values.set("subtitle", page.subtitle);
  values.set("generator", page.generator);
  values.set("style", std::string(kStyleSheet));
  values.set("sections", sections);
  return fill(kPageTemplate, values);
}

}  // namespace mammograft
