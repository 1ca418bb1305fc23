#include "pretraining/pages/compare.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <iomanip>
#include <sstream>

#include "core/charts/html.hpp"
#include "core/charts/svg.hpp"
#include "pretraining/pages/pretrain_figures.hpp"

namespace strata {

std::string report::member_name(const FamilyMember& member) {
  return member.name == "raw" ? "raw data" : member.name == "pca" ? "PCA" : member.name;
}

namespace {

using report::counted, report::member_name, report::number, report::seconds_text, report::section;

// With three decimals: many columns must stand side by side.
std::string short_number(double value) {
  if (value != 0 && std::abs(value) < 0.0005) return value < 0 ? "&gt;−0.001" : "&lt;0.001";
  if (std::abs(value) >= 1e5) return number(value);
  std::ostringstream out;
  out << (value < 0 ? "−" : "") << std::fixed << std::setprecision(std::abs(value) < 100 ? 3 : 1)
      << std::abs(value);
  return out.str();
}

std::string percent(double share) {
  std::ostringstream out;
  out << std::fixed << std::setprecision(1) << 100 * share << " %";
  return out.str();
}

std::string optional_text(const std::optional<double>& value,
                          std::string (*write)(double) = short_number) {
  return value ? write(*value) : "–";
}

// ---- the table
struct Column {
  std::string head;
  std::string (*text_of)(const FamilyMember&);
};

std::vector<Column> columns_of(const Family& family) {
  std::vector<Column> columns = {
      {"code", [](const FamilyMember& m) { return text(m.code_size); }},
      {"weights", [](const FamilyMember& m) { return text(m.weights); }},
      {"train error", [](const FamilyMember& m) { return short_number(m.train_error); }}};
  if (family.has_test())
    columns.push_back(
        {"test error", [](const FamilyMember& m) { return optional_text(m.test_error); }});
  columns.push_back(
      {"exact zeros", [](const FamilyMember& m) { return percent(m.measures.share_of_zeros); }});
  columns.push_back({"mean of h", [](const FamilyMember& m) {
                       return short_number(m.measures.mean_activation);
                     }});
  columns.push_back(
      {"Hoyer", [](const FamilyMember& m) { return optional_text(m.measures.hoyer); }});
  columns.push_back(
      {"‖∂h/∂x‖²", [](const FamilyMember& m) { return short_number(m.measures.contraction); }});
  columns.push_back({"relative con&shy;traction", [](const FamilyMember& m) {
                       return optional_text(m.measures.relative_contraction);
                     }});
  if (family.has_neighbours()) {
    columns.push_back({text(family.neighbours, " neigh&shy;bours"), [](const FamilyMember& m) {
                         return optional_text(m.measures.neighbour_accuracy, percent);
                       }});
  }
  columns.push_back({"seconds", [](const FamilyMember& m) { return seconds_text(m.seconds); }});
  return columns;
}

using Members = std::vector<const FamilyMember*>;

Members members_where(const Family& family, const std::function<bool(const FamilyMember&)>& holds) {
  Members found;
  for (const FamilyMember& m : family.members) {
    if (holds(m)) found.push_back(&m);
  }
  return found;
}

std::string group_of_rows(const std::string& heading, const Members& members,
                          const std::vector<Column>& columns) {
  if (members.empty()) return "";
  std::string out = text("<tbody>\n<tr><th scope=\"rowgroup\" class=\"group\" colspan=\"",
                         columns.size() + 1, "\">", heading, "</th></tr>\n");
  for (const FamilyMember* m : members) {
    out += text("<tr><th scope=\"row\">", escape_html(member_name(*m)), " <span class=\"layers\">",
                escape_html(m->architecture), "</span></th>");
    for (const Column& column : columns)
      out += "<td class=\"number\">" + column.text_of(*m) + "</td>";
    out += "</tr>\n";
  }
  return out + "</tbody>\n";
}

std::string table(const Family& family) {
  const std::vector<Column> columns = columns_of(family);
  std::string head = "<th scope=\"col\">member, layers</th>";
  for (const Column& column : columns)
    head += "<th scope=\"col\" class=\"number\">" + column.head + "</th>";
  const auto kinds = [&](bool common) {
    return members_where(family, [common](const FamilyMember& m) {
      return !m.yardstick && m.common_size == common;
    });
  };
  return text(
      "<div class=\"table\"><table class=\"family\">\n<caption>Error: squared error per example. "
      "Compare "
      "errors within a group only: more numbers in the code make a smaller error, and a code as "
      "wide as the "
      "data can copy. The measures of the code are of ",
      family.judged.size(), family.has_test() ? " test" : " training",
      " examples.</caption>\n<thead><tr>", head, "</tr></thead>\n",
      group_of_rows("yardsticks",
                    members_where(family, [](const FamilyMember& m) { return m.yardstick; }),
                    columns),
      group_of_rows(text("a code of ", counted(family.code_size, "number")), kinds(true), columns),
      group_of_rows("a code of a size of their own", kinds(false), columns), "</table></div>\n");
}

std::string how_to_read(const Family& family) {
  std::string out =
      "<ul class=\"columns\">\n"
      "<li><b>exact zeros</b> and <b>mean of h</b>: of the code's entries. Sigmoid units are never "
      "exactly "
      "0.</li>\n"
      "<li><b>Hoyer</b>: sparseness from 0 (all entries as large) to 1 (one alone is not 0), "
      "whatever the "
      "code's scale. 0.2 to 0.3 is no sparseness at all: numbers from a normal distribution have "
      "it.</li>\n"
      "<li><b>‖∂h/∂x‖²</b>: the squared Frobenius norm of the encoder's Jacobian, averaged. It "
      "grows with "
      "the code's scale, so one row cannot be held against another.</li>\n"
      "<li><b>relative contraction</b>: the same in units of the code's own spread. Noise as "
      "strong as the "
      "data's own variance, alike in all directions, moves the code by this share of its variance "
      "(as far as "
      "the encoder is straight). A copy has 1; below 1, noise is kept out of the code.</li>\n";
  if (family.has_neighbours()) {
    out += text("<li><b>", family.neighbours,
                " neighbours</b>: how many test examples have the class of most of the ",
                family.neighbours,
                " training examples whose codes are nearest. No kind was given the labels.</li>\n");
  }
  return out + "<li><b>seconds</b>: of training alone, on this machine.</li>\n</ul>\n";
}

// ---- the opening
// The member of `members` with the smallest value; null where none has one.
using Measure = std::function<std::optional<double>(const FamilyMember&)>;
const FamilyMember* lowest(const Members& members, const Measure& measure) {
  const FamilyMember* best = nullptr;
  for (const FamilyMember* m : members) {
    if (measure(*m) && (best == nullptr || *measure(*m) < *measure(*best))) best = m;
  }
  return best;
}

std::string outcome(const Family& family) {
  const Members kinds = members_where(family, [](const FamilyMember& m) { return !m.yardstick; });
  const Members common =
      members_where(family, [](const FamilyMember& m) { return !m.yardstick && m.common_size; });
  const auto error = [](const FamilyMember& m) -> std::optional<double> {
    return m.test_error ? *m.test_error : m.train_error;
  };
  std::string out;
  if (const FamilyMember* best = lowest(common, error)) {
    out += text("With a code of ", family.code_size, ", ", escape_html(best->name),
                " reconstructs best (", family.has_test() ? "test" : "train", " error ",
                number(*error(*best)), ", PCA ", number(*error(family.members[1])), "). ");
  }
  if (const FamilyMember* best = lowest(common, [](const FamilyMember& m) -> std::optional<double> {
        if (!m.measures.neighbour_accuracy) return std::nullopt;
        return -*m.measures.neighbour_accuracy;
      })) {
    out += text("The codes of ", escape_html(best->name), " keep classes together best (",
                percent(*best->measures.neighbour_accuracy), "; raw data ",
                percent(*family.members[0].measures.neighbour_accuracy), "). ");
  }
  if (const FamilyMember* best =
          lowest(kinds, [](const FamilyMember& m) { return m.measures.relative_contraction; })) {
    out += text("The code of ", escape_html(best->name), " is moved least by noise (",
                number(*best->measures.relative_contraction), ").");
  }
  return out;
}

std::string opening(const Family& family) {
  const Dataset& train = family.data.train;
  std::string out =
      text("<h1>The autoencoder family on ", escape_html(train.name), "</h1>\n<p class=\"lead\">",
           outcome(family), "</p>\n<p>Every kind learnt from the same ", train.size(),
           " examples of ", train.features(), " numbers");
  out += family.has_test() ? text(" and was judged by ", family.data.test.size(), " others")
                           : std::string("; there are no test examples");
  out += text(". Each has its own way of training, and a code of ", family.code_size,
              " numbers unless a wider one, or another, is part of what it is. Seed ", family.seed,
              ", numbers of type ", real_name, ".</p>\n");
  for (const LeftOut& one : family.left_out)
    out += text("<p class=\"note\">Left out: ", escape_html(one.reason), "</p>\n");
  if (family.has_test() && !family.has_neighbours())
    out += "<p class=\"note\">The data have no labels, so neighbours are not asked.</p>\n";
  return out;
}

std::string members_list(const Family& family) {
  std::string out = "<ul>\n";
  for (const FamilyMember& m : family.members)
    out += text("<li><b>", escape_html(member_name(m)), "</b>: ", escape_html(m.point), "</li>\n");
  return out + "</ul>\n";
}

const char* const css = R"css(
body { max-width: 70rem; }
table.family { font-size: 0.88rem; margin-bottom: 1rem; }
table.family th[scope="row"] { min-width: 8rem; }
table.family td, table.family thead th { padding-right: 0.6rem; }
table.family th.group { color: var(--muted); font-weight: 600; padding-top: 1.1rem; }
.layers { display: block; color: var(--muted); font-weight: 400; font-size: 0.8rem; }
ul.columns li { margin-bottom: 0.35rem; }
)css";

}  // namespace

std::string family_page(const Family& family, const FamilyPageFacts& facts) {
  std::string body = opening(family);
  body += section("Side by side",
                  table(family) + how_to_read(family) + report::error_and_neighbours(family));
  body += section("The same examples through every member", report::family_strips(family));
  body += section("Maps of the codes", report::family_maps(family));
  body += section("Who is who", members_list(family));
  body += section(
      "Read on", text("<p><code>docs/guide/compare.md</code> says what each member is for and what "
                      "surprises in such a "
                      "table; each kind has a page of its own there. This page was made by Strata ",
                      escape_html(facts.version), " with</p>\n<pre>",
                      escape_html(facts.command_line), "</pre>\n"));
  return html_page("Strata: the autoencoder family, " + family.data.train.name, body,
                   chart_css() + report::figures_css() + css);
}

}  // namespace strata
