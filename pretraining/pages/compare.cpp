#include "pretraining/pages/compare.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "core/charts/html.hpp"
#include "pretraining/pages/blocks.hpp"
#include "pretraining/pages/maps.hpp"
#include "pretraining/pages/pictures.hpp"
#include "pretraining/runs/classify.hpp"

namespace strata::pages {

std::string member_name(const CompareMember& member) {
  return member.name == "raw" ? "raw data" : member.name == "pca" ? "PCA" : member.name;
}

namespace {

// With three decimals: many columns must stand side by side.
std::string short_number(double value) {
  if (value != 0 && std::abs(value) < 0.0005) return value < 0 ? "&gt;−0.001" : "&lt;0.001";
  if (std::abs(value) >= 1e5) return number(value);
  return fixed_number(value, std::abs(value) < 100 ? 3 : 1);
}
std::string short_number(const std::optional<double>& value) {
  return value ? short_number(*value) : "–";
}

// ---- the table
Cells columns_of(const CompareResults& results) {
  Cells columns = {"member, layers", "code", "weights", "train error"};
  if (results.has_test()) columns.push_back("test error");
  columns.push_back("variance explained");
  for (const char* measure :
       {"exact zeros", "mean of h", "Hoyer", "‖∂h/∂x‖²", "relative con&shy;traction"})
    columns.push_back(measure);
  if (results.has_neighbours()) columns.push_back(say("{} neigh&shy;bours", results.neighbours));
  columns.push_back("seconds");
  return columns;
}

Cells cells_of(const CompareResults& results, const CompareMember& m) {
  const CodeMeasures& code = m.measures;
  Cells cells = {say("{} <span class=\"layers\">{}</span>", escape_html(member_name(m)),
                     escape_html(m.architecture)),
                 text(m.code_size), text(m.weights), short_number(m.train_error)};
  if (results.has_test()) cells.push_back(short_number(m.test_error));
  cells.push_back(percent(results.explained(m)));
  for (const std::string& measure :
       {percent(code.share_of_zeros), short_number(code.mean_activation), short_number(code.hoyer),
        short_number(code.contraction), short_number(code.relative_contraction)})
    cells.push_back(measure);
  if (results.has_neighbours())
    cells.push_back(code.neighbour_accuracy ? percent(*code.neighbour_accuracy) : "–");
  cells.push_back(seconds_text(m.seconds));
  return cells;
}

enum class Group { yardsticks, common_size, own_size };
using Members = std::vector<const CompareMember*>;

Members members_in(const CompareResults& results, Group group) {
  Members found;
  for (const CompareMember& m : results.members) {
    const Group its = m.yardstick     ? Group::yardsticks
                      : m.common_size ? Group::common_size
                                      : Group::own_size;
    if (its == group) found.push_back(&m);
  }
  return found;
}

std::string group_of_rows(const CompareResults& results, const std::string& heading, Group group) {
  const Members members = members_in(results, group);
  if (members.empty()) return "";
  std::string rows;
  for (const CompareMember* m : members) rows += table_row(cells_of(results, *m));
  return say(
      "<tbody>\n<tr><th scope=\"rowgroup\" class=\"group\" "
      "colspan=\"{}\">{}</th></tr>\n{}</tbody>\n",
      columns_of(results).size(), heading, rows);
}

std::string table_of_members(const CompareResults& results) {
  const std::string caption =
      say("Error: squared error per example. Compare errors within a group only: more numbers in "
          "the code make a smaller error, and a code as wide as the data can copy. The measures of "
          "the code are of {} {} examples.",
          results.judged.size(), results.has_test() ? "test" : "training");
  const std::string common = say("a code of {}", counted(results.code_size, "number"));
  return say(
      "<div class=\"table\"><table "
      "class=\"family\">\n<caption>{}</caption>\n{}{}{}{}</table></div>\n",
      caption, table_head(columns_of(results)),
      group_of_rows(results, "yardsticks", Group::yardsticks),
      group_of_rows(results, common, Group::common_size),
      group_of_rows(results, "a code of a size of their own", Group::own_size));
}

std::string how_to_read(const CompareResults& results) {
  std::string out =
      say("<ul class=\"columns\">\n"
          "<li><b>variance explained</b>: 1 − error / variance of the examples that it is measured "
          "on, R². Answering every example with the means of the columns has an error of "
          "{}.</li>\n",
          number(results.has_test() ? results.of_means.test : results.of_means.train)) +
      "<li><b>exact zeros</b> and <b>mean of h</b>: of the code's entries. Sigmoid units are never "
      "exactly 0.</li>\n"
      "<li><b>Hoyer</b>: sparseness from 0 (all entries as large) to 1 (one alone is not 0), "
      "whatever the code's scale. 0.2 to 0.3 is no sparseness at all: numbers from a normal "
      "distribution have it.</li>\n"
      "<li><b>‖∂h/∂x‖²</b>: the squared Frobenius norm of the encoder's Jacobian, averaged. It "
      "grows with the code's scale, so one row cannot be held against another.</li>\n"
      "<li><b>relative contraction</b>: the same in units of the code's own spread. Noise as "
      "strong as the data's own variance, alike in all directions, moves the code by this share of "
      "its variance (as far as the encoder is straight). A copy has 1; below 1, noise is kept out "
      "of the code.</li>\n";
  if (results.has_neighbours()) {
    out += say(
        "<li><b>{} neighbours</b>: how many of {} test examples have the class of most of the {} "
        "training examples whose codes are nearest. No kind was given the labels. Always "
        "answering the most frequent class is right for {}.</li>\n",
        results.neighbours, results.asked, results.neighbours,
        percent(most_frequent_class(results.data).test_accuracy));
  }
  return out + "<li><b>seconds</b>: of training alone, on this machine.</li>\n</ul>\n";
}

// ---- the opening
// A measure of a member, if it has it, by its size: the smaller, the better.
using Measure = std::function<std::optional<double>(const CompareMember&)>;

// The members that are as good as the best of all, the best first: no more than `apart` of its
// value behind it. Empty where none has the measure.
Members best_of(const Members& members, const Measure& measure,
                const std::function<double(double best)>& apart) {
  Members found;
  for (const CompareMember* m : members) {
    if (measure(*m)) found.push_back(m);
  }
  std::stable_sort(found.begin(), found.end(), [&](const CompareMember* a, const CompareMember* b) {
    return *measure(*a) < *measure(*b);
  });
  if (found.empty()) return found;
  const double best = *measure(*found.front());
  std::erase_if(found, [&](const CompareMember* m) { return *measure(*m) > best + apart(best); });
  return found;
}

// "sparse", "sparse and lstm", "sparse, lstm and linear"
std::string names_of(const Members& members) {
  std::string out;
  for (std::size_t i = 0; i < members.size(); ++i) {
    const char* const before = i == 0 ? "" : i + 1 == members.size() ? " and " : ", ";
    out += before + escape_html(member_name(*members[i]));
  }
  return out;
}

double error_of(const CompareMember& m) {
  return m.test_error.value_or(m.train_error);
}

// Less than 5 % apart is called as good: another seed may change as much.
std::string who_reconstructs_best(const CompareResults& results, const Members& common) {
  const CompareMember& pca = results.members[1];
  const Members best = best_of(
      common, [](const CompareMember& m) { return std::optional(error_of(m)); },
      [](double least) { return 0.05 * least; });
  if (best.empty()) return "";
  const char* const part = results.has_test() ? "test" : "train";
  const std::string code = say("With a code of {}, ", results.code_size);
  const double least = error_of(*best.front());
  if (results.explained(*best.front()) < 0.02)
    return code + "no kind does better than answering with the means of the columns. ";
  if (error_of(pca) < least)
    return code + say("PCA reconstructs best ({} error {}); the nearest to it is {} ({}). ", part,
                      number(error_of(pca)), names_of({best.front()}), number(least));
  if (best.size() == 1)
    return code + say("{} reconstructs best ({} error {}, PCA {}). ", names_of(best), part,
                      number(least), number(error_of(pca)));
  return code + say("{} reconstruct best ({} errors {} to {}, PCA {}). ", names_of(best), part,
                    number(least), number(error_of(*best.back())), number(error_of(pca)));
}

// Shares of n examples that are less than two standard errors apart are called equal.
std::string who_keeps_classes_together(const CompareResults& results, const Members& common) {
  const double n = double(results.asked);
  Members candidates = common;
  candidates.insert(candidates.begin(), &results.members[1]);  // PCA
  const Members best = best_of(
      candidates,
      [](const CompareMember& m) {
        const std::optional<double>& accuracy = m.measures.neighbour_accuracy;
        return accuracy ? std::optional(1 - *accuracy) : std::nullopt;
      },
      [n](double wrong) { return 2 * std::sqrt(2 * wrong * (1 - wrong) / n); });
  if (best.empty()) return "";
  const MostFrequentClass usual = most_frequent_class(results.data);
  if (*best.front()->measures.neighbour_accuracy <= usual.test_accuracy)
    return say(
        "No code of {} keeps classes apart better than always answering the most frequent "
        "one ({}). ",
        results.code_size, percent(usual.test_accuracy));
  const auto right = [](const CompareMember& m) { return percent(*m.measures.neighbour_accuracy); };
  return say(
      "The codes of {} keep classes together best ({}; raw data {}). ", names_of(best),
      best.size() == 1 ? right(*best.front()) : right(*best.front()) + " to " + right(*best.back()),
      right(results.members[0]));
}

// A code that tells nothing is moved by nothing: it must explain half of the variance to count.
std::string whose_code_is_steadiest(const CompareResults& results, Members members) {
  std::erase_if(members, [&](const CompareMember* m) { return results.explained(*m) < 0.5; });
  const Members best = best_of(
      members, [](const CompareMember& m) { return m.measures.relative_contraction; },
      [](double least) { return 0.05 * least; });
  if (best.empty()) return "";
  return say("{} least by noise ({}).",
             best.size() == 1 ? say("The code of {} is moved", names_of(best))
                              : say("The codes of {} are moved", names_of(best)),
             number(*best.front()->measures.relative_contraction));
}

std::string outcome(const CompareResults& results) {
  const Members common = members_in(results, Group::common_size);
  Members all = common;
  for (const CompareMember* m : members_in(results, Group::own_size)) all.push_back(m);
  return who_reconstructs_best(results, common) + who_keeps_classes_together(results, common) +
         whose_code_is_steadiest(results, all);
}

std::string opening(const CompareResults& results) {
  const Dataset& train = results.data.train;
  std::string out =
      say("<h1>The autoencoder family on {}</h1>\n<p class=\"lead\">{}</p>\n<p>Every kind learnt "
          "from the same {} examples of {} numbers{}. Each has its own way of training, and a code "
          "of {} numbers unless a wider one, or another, is part of what it is. Seed {}, numbers "
          "of type {}.</p>\n",
          escape_html(train.name), outcome(results), train.size(), train.features(),
          results.has_test() ? say(" and was judged by {} others", results.data.test.size())
                             : "; there are no test examples",
          results.code_size, results.seed, real_name);
  for (const std::string& reason : results.reasons_left_out())
    out += say("<p class=\"note\">Left out: {}</p>\n", escape_html(reason));
  if (results.has_test() && !results.has_neighbours())
    out +=
        "<p class=\"note\">The data have no labels, so neighbours cannot be asked for their "
        "class.</p>\n";
  return out;
}

// ---- the pictures; each is empty where the data lack what it needs

std::string member_strips(const CompareResults& results) {
  const Dataset& shown = results.pictured;
  if (!shown.has_pictures()) return "";
  std::string labels;
  for (int label : shown.labels) labels += text(labels.empty() ? " of classes " : ", ", label);
  std::vector<Strip> rows;
  for (const CompareMember& m : results.members) {
    if (m.name == "raw") {
      rows.push_back(
          {"original", "", m.reconstructions, say("{} pictures{}", shown.size(), labels)});
      continue;
    }
    rows.push_back(
        {escape_html(member_name(m)),
         say("code of {}, error {}", m.code_size, number(m.test_error.value_or(m.train_error))),
         m.reconstructions, "the same pictures, reconstructed by: " + member_name(m)});
  }
  return figure(
      strips(rows, shown.image),
      say("{} pictures{}, and what each member makes of them. Look down a column: a stroke that "
          "fades, a picture that turns into another. The fewer numbers in the code, the sooner.",
          results.has_test() ? "Test" : "Training", labels));
}

std::string member_maps(const CompareResults& results) {
  if (results.judged.size() < 3) return "";
  std::vector<std::string> figures;
  for (const CompareMember& m : results.members) {
    const std::string how = m.code_size == 2 ? "the code's two numbers"
                            : m.code_size == 1
                                ? "the code's number to the right, the examples upwards"
                                : say("the two leading directions of {} numbers", m.code_size);
    figures.push_back(figure(small_map(member_name(m), m.codes, results.judged, 360),
                             say("<b>{}</b>: {}.", escape_html(member_name(m)), how)));
  }
  return "<p>The same examples, placed by the code of each member. Look for clumps of one class, "
         "and for how much of the plane is used. A map of two directions hides the others: classes "
         "that overlap here may lie apart in the whole code.</p>\n" +
         beside(figures);
}

std::string members_list(const CompareResults& results) {
  std::string out = "<ul>\n";
  for (const CompareMember& m : results.members)
    out += say("<li><b>{}</b>: {}</li>\n", escape_html(member_name(m)), escape_html(m.point));
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

std::string compare_page(const CompareResults& results, const RunFacts& facts) {
  std::string body = opening(results);
  body += section("Side by side",
                  notes(results.remarks()) + table_of_members(results) + how_to_read(results));
  body += section("The same examples through every member", member_strips(results));
  body += section("Maps of the codes", member_maps(results));
  body += section("Who is who", members_list(results));
  return page("the autoencoder family, " + results.data.train.name, body,
              "<p><code>docs/guide/compare.md</code> says what each member is for and what "
              "surprises in such a table; each kind has a page of its own there. ",
              facts, css);
}

}  // namespace strata::pages
