#include "core/charts/html.hpp"

namespace strata {
namespace {

constexpr std::string_view page_css = R"css(
:root {
  color-scheme: light dark;
  --paper: #fdfdfb; --ink: #1d2126; --muted: #5b6470;
  --grid: #dcdfe3; --shade: #f2f3f1; --accent: #0b5cad;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #15181c; --ink: #e4e7ea; --muted: #9aa4af;
    --grid: #343a41; --shade: #1e2227; --accent: #7ab8ff;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0 auto; padding: 2.5rem 1.25rem 4rem; max-width: 46rem;
  background: var(--paper); color: var(--ink);
  font: 1.0625rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans",
    sans-serif;
  overflow-wrap: break-word;
}
h1, h2, h3 { line-height: 1.25; text-wrap: balance; font-weight: 650; }
h1 { font-size: 1.9rem; letter-spacing: -0.01em; margin: 0 0 0.5rem; }
h2 {
  font-size: 1.3rem; margin: 2.75rem 0 0.75rem; padding-top: 1.25rem;
  border-top: 1px solid var(--grid);
}
h3 { font-size: 1.0625rem; margin: 1.75rem 0 0.5rem; }
p, ul, ol, dl { margin: 0 0 1rem; }
.lead { font-size: 1.15rem; color: var(--muted); }
.note, figcaption, caption, footer { font-size: 0.9rem; line-height: 1.5; color: var(--muted); }
a { color: var(--accent); text-underline-offset: 0.15em; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
code, pre, kbd {
  font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: 0.9em;
}
pre {
  overflow-x: auto; padding: 0.75rem 1rem; background: var(--shade); border-radius: 6px;
  line-height: 1.45;
}
figure { margin: 1.5rem 0; }
figure > svg, figure > img { display: block; max-width: 100%; height: auto; }
figcaption { margin-top: 0.5rem; }
.pixels { image-rendering: pixelated; }
.row {
  display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 18rem), 1fr));
  gap: 0 1.5rem;
}
/* What is wider than its place is scrolled; a shadow at an edge says that there is more beyond
   it. */
.table, figure:has(> .chart) {
  overflow-x: auto;
  background:
    linear-gradient(to right, var(--paper) 40%, transparent) left / 2.5rem 100% no-repeat local,
    linear-gradient(to left, var(--paper) 40%, transparent) right / 2.5rem 100% no-repeat local,
    linear-gradient(to right, var(--muted), transparent) left / 0.5rem 100% no-repeat scroll,
    linear-gradient(to left, var(--muted), transparent) right / 0.5rem 100% no-repeat scroll;
}
.table + p, .table + .table, .strips + p { margin-top: 1rem; }
table { border-collapse: collapse; width: 100%; font-size: 0.95rem; line-height: 1.4; }
caption { text-align: left; padding-bottom: 0.5rem; }
th, td {
  padding: 0.4rem 1rem 0.4rem 0; text-align: left; vertical-align: baseline;
  border-bottom: 1px solid var(--grid);
}
th { font-weight: 600; }
thead th { color: var(--muted); font-weight: 500; }
th:last-child, td:last-child { padding-right: 0; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
footer { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--grid); }
@media print {
  @page { margin: 18mm; }
  body { padding: 0; max-width: none; font-size: 10.5pt; background: none; }
  pre { background: none; border: 1px solid var(--grid); white-space: pre-wrap; }
  figure, table, pre, tr { break-inside: avoid; }
  h1, h2, h3, figcaption { break-after: avoid; }
  figcaption { break-before: avoid; }
  .table, figure:has(> .chart) { overflow: visible; background: none; }
  a { color: inherit; }
}
)css";

}  // namespace

std::string escape_html(std::string_view text) {
  constexpr std::string_view special = "&<>\"'";
  constexpr const char* entities[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
  std::string out;
  for (char c : text) {
    const std::size_t which = special.find(c);
    out += which == std::string_view::npos ? std::string(1, c) : entities[which];
  }
  return out;
}

std::string filled_in(const std::string& words, const std::vector<std::string>& values) {
  std::string out;
  std::size_t next = 0, from = 0;
  for (std::size_t at; (at = words.find("{}", from)) != std::string::npos; from = at + 2) {
    check(next < values.size(), "say: more places than the ", values.size(), " values in: ", words);
    out += words.substr(from, at - from) + values[next++];
  }
  check(next == values.size(), "say: ", next, " places for ", values.size(), " values in: ", words);
  return out + words.substr(from);
}

std::string html_page(const std::string& title, const std::string& body,
                      const std::string& extra_css) {
  return say(R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{}</title>
<style>{}{}</style>
</head>
<body>
<main>
{}
</main>
</body>
</html>
)",
             escape_html(title), page_css, extra_css, body);
}

}  // namespace strata
