#include "report/plot.h"

#include <cmath>

#include "core/error.h"
#include "core/executable.h"
#include "core/files.h"
#include "report/color.h"
#include "report/process.h"
#include "report/table.h"

namespace mammograft {
namespace {

void check(const Plot& plot, const Series& series) {
  const auto same = [&](const std::vector<double>& values, size_t expected, const char* what) {
    ensure(values.size() == expected, "plot {}: {}: {} has {} values, expected {}", plot.name,
           series.label, what, values.size(), expected);
  };
  same(series.y, series.x.size(), "y");
  const size_t band = series.band_x.empty() ? series.x.size() : series.band_x.size();
  if (!series.low.empty() || !series.high.empty()) {
    same(series.low, band, "low");
    same(series.high, band, "high");
  }
}

// gnuplot's single-quoted strings know one escape: a doubled quote.
std::string quoted(const std::string& text) {
  std::string result = "'";
  for (char c : text) {
    if (c == '\'') result += '\'';
    result += c == '\n' ? ' ' : c;
  }
  return result + "'";
}

std::string range(const std::vector<double>& range) {
  return range.size() == 2 ? fmt::format("[{}:{}]", range[0], range[1]) : "[*:*]";
}

std::string ticks(const std::vector<double>& values) {
  std::string list;
  for (double value : values) {
    list += fmt::format("{}'{:.4g}' {}", list.empty() ? "" : ", ", value, value);
  }
  return list;
}

bool has_band(const Series& series) { return !series.low.empty(); }

// Rows of one series in the CSV: column 1 is the place of the series, column 2 what the row holds.
// Its label is the last column: of a quote in it gnuplot makes two columns.
std::string rows_of(size_t series, const char* kind, const char* value) {
  return fmt::format("($1=={} && strcol(2) eq '{}' ? $3 : NaN):{}", series, kind, value);
}

std::string draw_commands(const Plot& plot) {
  std::string commands;
  const auto add = [&](const std::string& command) {
    commands += (commands.empty() ? "plot " : ", \\\n     ") + command;
  };
  const std::string file = quoted(plot.name + ".csv");
  for (size_t i = 0; i < plot.series.size(); ++i) {
    if (!has_band(plot.series[i])) continue;
    add(fmt::format("{} using {} with filledcurves linecolor rgb '{}' notitle", file,
                    rows_of(i, "band", "5:6"), hex(plot.series[i].color)));
  }
  for (size_t i = 0; i < plot.series.size(); ++i) {
    const Series& series = plot.series[i];
    const std::string style = series.steps    ? "steps"
                              : series.points ? "linespoints pointtype 7 pointsize 0.5"
                                              : "lines";
    const std::string title = series.label.empty() ? "notitle" : "title " + quoted(series.label);
    add(fmt::format("{} using {} with {} linecolor rgb '{}' linewidth 2.2 {}", file,
                    rows_of(i, "line", "4"), style, hex(series.color), title));
  }
  return commands + "\n";
}

}  // namespace

Color series_color(size_t index) {
  // Okabe and Ito 2008, in an order in which neighbours differ in lightness too.
  static const Color palette[] = {{0, 114, 178},  colors::alarm, colors::truth,  colors::miss,
                                  colors::muscle, colors::hit,   {110, 110, 110}};
  return palette[index % std::size(palette)];
}

std::string plot_csv(const Plot& plot) {
  Table table;
  table.columns = {{"series", ""}, {"kind", ""}, {"x", ""},    {"y", ""},
                   {"low", ""},    {"high", ""}, {"label", ""}};
  for (size_t i = 0; i < plot.series.size(); ++i) {
    const Series& series = plot.series[i];
    check(plot, series);
    const auto index = static_cast<int64_t>(i);
    for (size_t k = 0; k < series.x.size(); ++k) {
      table.rows.push_back({index, "line", series.x[k], series.y[k], {}, {}, series.label});
    }
    const auto& band_x = series.band_x.empty() ? series.x : series.band_x;
    for (size_t k = 0; k < series.low.size(); ++k) {
      table.rows.push_back(
          {index, "band", band_x[k], {}, series.low[k], series.high[k], series.label});
    }
  }
  return to_csv(table);
}

std::string plot_script(const Plot& plot) {
  std::string script = fmt::format(
      "# Written by mammograft. Change the style here, then: gnuplot {0}.gp\n"
      "set terminal svg size {1},{2} dynamic noenhanced font 'sans-serif,14' background '#ffffff'\n"
      "set output '{0}.svg'\n"
      "set datafile separator ','\n"
      "set datafile columnheaders\n"
      "set encoding utf8\n"
      "set border 3 linecolor rgb '#888888'\n"
      "set tics nomirror textcolor rgb '#000000'\n"
      "set grid linecolor rgb '#c0888888' linetype 1 linewidth 0.8\n"
      "set style fill transparent solid 0.16 noborder\n"
      "set key {3} samplen 2 spacing 1.2\n",
      plot.name, plot.width, plot.height, plot.legend_right ? "right bottom" : "right top");
  if (!plot.title.empty()) script += "set title " + quoted(plot.title) + "\n";
  script += "set xlabel " + quoted(plot.x_label) + "\n";
  script += "set ylabel " + quoted(plot.y_label) + "\n";
  if (plot.log_x) script += "set logscale x\n";
  if (plot.log_y) script += "set logscale y\nset format y '%g'\n";
  script += "set xrange " + range(plot.x_range) + "\n";
  script += "set yrange " + range(plot.y_range) + "\n";
  if (!plot.x_ticks.empty()) script += "set xtics (" + ticks(plot.x_ticks) + ")\n";
  if (!plot.y_ticks.empty()) script += "set ytics (" + ticks(plot.y_ticks) + ")\n";
  return script + draw_commands(plot);
}

std::string gnuplot_on_path() {
  std::string gnuplot = find_executable("gnuplot");
  if (gnuplot.empty())
    fail(ErrorKind::io, "gnuplot: not found on PATH; figures need it (Debian: gnuplot-nox)");
  return gnuplot;
}

std::string write_plot(const Plot& plot, const std::filesystem::path& folder) {
  ensure(!plot.series.empty(), "plot {}: no series", plot.name);
  const std::string gnuplot = gnuplot_on_path();
  create_folder(folder);
  const std::string csv = plot_csv(plot), script = plot_script(plot);
  const TemporaryFolder work(folder);
  write_file(work.path() / (plot.name + ".csv"), csv);
  write_file(work.path() / (plot.name + ".gp"), script);
  const ProcessResult run = run_process(gnuplot, {plot.name + ".gp"}, work.path());
  const auto made = work.path() / (plot.name + ".svg");
  if (run.exit_status != 0 || !fs::exists(made)) {
    fail(ErrorKind::io, "gnuplot: {}: exit status {}: {}", plot.name, run.exit_status,
         run.complaint);
  }
  const std::string svg = read_file(made);
  write_file(folder / (plot.name + ".csv"), csv);
  write_file(folder / (plot.name + ".gp"), script);
  write_file(folder / (plot.name + ".svg"), svg);
  return svg;
}

}  // namespace mammograft
