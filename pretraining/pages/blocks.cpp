#include "pretraining/pages/blocks.hpp"

#include <limits>

#include "core/charts/html.hpp"

namespace strata::pages {
namespace {

constexpr const char* blocks_css = R"css(
body { max-width: 62rem; }
main p, main ul, figcaption, caption { max-width: 44rem; }
th[scope="row"] { font-weight: 500; }
thead th.number { white-space: normal; vertical-align: bottom; }
tr.best th, tr.best td { font-weight: 700; }
.strips { display: grid; grid-template-columns: 9.5rem minmax(0, 34rem); gap: 0.3rem 1rem;
  align-items: center; }
.strips p { margin: 0; line-height: 1.3; font-size: 0.95rem; }
.strips span { color: var(--muted); font-size: 0.85rem; display: block; }
.strips img { display: block; width: 100%; height: auto; }
.row > .table { margin: 1.5rem 0; }
/* Where there is room, the caption of a picture that stands alone is beside it. */
@media screen and (min-width: 56rem) {
  section > figure:has(> .chart, > .pixels) { display: flex; gap: 2rem; align-items: center; }
  section > figure:has(> .chart, > .pixels) > figcaption {
    flex: 1; min-width: 14rem; margin-top: 0;
  }
}
@media screen and (max-width: 40rem) {
  table { font-size: 0.78rem; }
  caption { font-size: 0.9rem; }
  th, td { padding-right: 0.4rem; }
  caption { max-width: calc(100vw - 2.5rem); }
  figure > .chart { min-width: 26rem; }
  figure:has(> .chart) figcaption { position: sticky; left: 0; }
  .strips { grid-template-columns: minmax(0, 1fr); gap: 0.2rem; }
  .strips p { margin-top: 0.5rem; }
  .strips span { display: inline; }
}
)css";

}  // namespace

std::string section(const std::string& heading, const std::string& content) {
  return content.empty() ? "" : "<section>\n<h2>" + heading + "</h2>\n" + content + "</section>\n";
}

std::string figure(const std::string& content, const std::string& caption) {
  return "<figure>\n" + content + "\n<figcaption>" + caption + "</figcaption>\n</figure>\n";
}

std::string figure_of_chart(const std::vector<Series>& lines, const LineChartOptions& options,
                            const std::string& caption) {
  return figure(line_chart(lines, options), caption);
}

std::string beside(const std::vector<std::string>& figures) {
  std::string all;
  for (const std::string& one : figures) all += one;
  return all.empty() ? "" : "<div class=\"row\">\n" + all + "</div>\n";
}

Series training_line(const std::string& name, const History& history, std::size_t epochs_before) {
  Series line{name};
  for (const EpochRecord& record : history.epochs) {
    line.x.push_back(double(epochs_before + record.epoch));
    line.y.push_back(record.loss);
  }
  return line;
}

Series validation_line(const std::string& name, const History& history) {
  Series line = training_line(name, history);
  for (std::size_t i = 0; i < line.y.size(); ++i) {
    const double loss = history.epochs[i].validation_loss;
    line.y[i] = loss != 0 ? loss : std::numeric_limits<double>::quiet_NaN();  // 0: not measured
  }
  return line;
}

std::vector<Series> lines_of_terms(const History& history) {
  std::vector<Series> lines = {training_line("total", history)};
  const std::size_t terms = history.epochs.empty() ? 0 : history.epochs.front().terms.size();
  for (std::size_t t = 0; t < terms && terms > 1; ++t) {
    Series line{history.epochs.front().terms[t].name, lines[0].x};
    for (const EpochRecord& record : history.epochs) line.y.push_back(record.terms[t].value);
    lines.push_back(line);
  }
  return lines;
}

std::string table_head(const Cells& columns) {
  std::string head;
  for (const std::string& one : columns) {
    head += (head.empty() ? "<th scope=\"col\">" : "<th scope=\"col\" class=\"number\">") + one +
            "</th>";
  }
  return "<thead><tr>" + head + "</tr></thead>\n";
}

std::string table_row(const Cells& cells, const std::string& css_class) {
  const std::string of_class = css_class.empty() ? "" : " class=\"" + css_class + "\"";
  std::string out = "<tr" + of_class + "><th scope=\"row\">" + cells.front() + "</th>";
  for (std::size_t j = 1; j < cells.size(); ++j)
    out += "<td class=\"number\">" + cells[j] + "</td>";
  return out + "</tr>\n";
}

std::string notes(const std::vector<std::string>& remarks) {
  std::string out;
  for (const std::string& remark : remarks)
    out += say("<p><strong>Note:</strong> {}.</p>\n", escape_html(remark));
  return out;
}

std::string table(const std::string& caption, const Cells& columns, const std::vector<Cells>& rows,
                  const std::string& css_class, std::size_t best) {
  std::string body;
  for (std::size_t i = 0; i < rows.size(); ++i) body += table_row(rows[i], i == best ? "best" : "");
  const std::string of_class = css_class.empty() ? "" : " class=\"" + css_class + "\"";
  return "<div class=\"table\"><table" + of_class + ">\n<caption>" + caption + "</caption>\n" +
         table_head(columns) + "<tbody>\n" + body + "</tbody>\n</table></div>\n";
}

std::string page(const std::string& title, const std::string& body, const std::string& read_on,
                 const RunFacts& facts, const std::string& css) {
  const std::string rows =
      facts.test_rows.empty() ? "" : say("In this run {}. ", escape_html(facts.test_rows));
  const std::string how = say("{}This page was made by Strata {} with</p>\n<pre>{}</pre>\n", rows,
                              escape_html(facts.version), escape_html(facts.command_line));
  return html_page("Strata: " + title, body + section("Read on", read_on + how),
                   chart_css() + blocks_css + css);
}

}  // namespace strata::pages
