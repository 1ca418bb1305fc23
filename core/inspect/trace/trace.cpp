#include "core/inspect/trace/trace.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <unordered_map>

#include "core/autodiff/names.hpp"
#include "core/autodiff/ops.hpp"
#include "core/formula/formula.hpp"
#include "core/gradcheck/gradcheck.hpp"
#include "core/gradcheck/rule_alone.hpp"
#include "core/inspect/trace/layers.hpp"
#include "core/inspect/trace/sources.hpp"

namespace strata {
namespace {

constexpr int lines_around_a_site = 3;
constexpr int farthest_above = 200;  // a rule begins this close above its row

// JSON has no NaN. JavaScript's Number("NaN") reads these words.
Json number(double x) {
  if (std::isfinite(x)) return x;
  return std::isnan(x) ? "NaN" : x > 0 ? "Infinity" : "-Infinity";
}

Json whole_numbers(const std::vector<std::size_t>& numbers) {
  return Json::array({numbers.begin(), numbers.end()});
}

Json shape_json(const Shape& shape) {
  Json lengths = Json::array();
  for (std::size_t d = 0; d < shape.rank; ++d) lengths.push(shape[d]);
  return lengths;
}

// Every different tensor once: the gradient before a step is the one after an earlier step, a first
// contribution is the gradient after it, and what comes from one term alone is the whole
// contribution.
class TensorTable {
 public:
  std::size_t position(const Snapshot& s) {
    Json values = Json::array();
    for (Real value : s.values) values.push(number(double(value)));
    Json tensor = Json::object({{"shape", shape_json(s.shape)}, {"values", std::move(values)}});
    if (!s.is_whole()) {
      tensor["rows"] = whole_numbers(s.rows);
      tensor["cols"] = whole_numbers(s.cols);
    }
    if (s.non_finite > 0) tensor["bad"] = s.non_finite;
    tensor["range"] = Json::array({double(s.smallest), double(s.largest)});
    const auto [known, is_new] = positions_.emplace(tensor.dump(), tensors_.items().size());
    if (is_new) tensors_.push(std::move(tensor));
    return known->second;
  }
  Json take() { return std::move(tensors_); }

 private:
  Json tensors_ = Json::array();
  std::unordered_map<std::string, std::size_t> positions_;  // by their text
};

Json visits_json(const Journal& journal, TensorTable& tensors) {
  Json visits = Json::array();
  for (const Visit& v : journal.visits) {
    if (v.kind == Visit::Kind::forward) {
      visits.push(Json::object({{"node", v.node}, {"value", tensors.position(v.value)}}));
      continue;
    }
    Json visit = Json::object({{"node", v.node},
                               {"operand", v.operand},
                               {"before", tensors.position(v.before)},
                               {"contribution", tensors.position(v.contribution)},
                               {"after", tensors.position(v.after)}});
    if (v.kind == Visit::Kind::seed) visit["seed"] = true;
    if (v.adds_at.line > 0) visit["line"] = v.adds_at.line;
    Json parts = Json::array();
    for (const TermPart& part : v.by_term)
      parts.push(Json::array({part.term, tensors.position(part.contribution)}));
    if (!v.by_term.empty()) visit["terms"] = std::move(parts);
    visits.push(std::move(visit));
  }
  return visits;
}

Json settings_json(const Settings& s) {
  Json json = Json::object();
  if (s.number != 0) json["number"] = number(double(s.number));
  if (s.end > 0) json["begin"] = s.begin;
  if (s.end > 0) json["end"] = s.end;
  if (s.count > 0) json["count"] = s.count;
  if (s.symmetric) json["symmetric"] = true;
  return json;
}

// [kind, text, part…], for the page to work out the value of.
Json tree_json(const Formula& formula) {
  Json tree = Json::array({kind_name(formula.kind), formula.text});
  for (const Formula& part : formula.parts) tree.push(tree_json(part));
  return tree;
}

// A formula as text and as MathML, its right sides also by themselves and as trees.
Json formula_json(const std::string& text) {
  Json equations = Json::array();
  for (const Formula& equation : text.empty() ? std::vector<Formula>() : parse_equations(text)) {
    Json json = Json::object({{"math", mathml(equation)}});
    if (equation.kind == Formula::Kind::relation) {
      json["relation"] = equation.text;
      json["right"] = mathml(equation.parts[1]);
      json["tree"] = tree_json(equation.parts[1]);
    }
    equations.push(std::move(json));
  }
  return Json::object({{"text", text}, {"equations", std::move(equations)}});
}

// A rule stands between the row before it, of any operation, and its own.
LineRange lines_of_rule(const Tape& tape, const Op& op) {
  const Site& row = op.written_at;
  int before = std::max(0, row.line - farthest_above);
  const auto look_at = [&](const Op& other) {
    const bool is_above =
        std::string_view(other.written_at.file) == row.file && other.written_at.line < row.line;
    if (is_above) before = std::max(before, other.written_at.line);
  };
  for (const Op* other : all_ops()) look_at(*other);
  for (const Node& node : tape.nodes) look_at(*node.op);
  return {before + 1, row.line};
}

// The operations that occur, each once, and for each node which one it is.
struct OpTable {
  Json ops = Json::array();
  std::unordered_map<const Op*, std::size_t> positions;

  std::size_t position(const Tape& tape, const Node& node, Sources& sources) {
    const auto [known, is_new] = positions.emplace(node.op, ops.items().size());
    if (!is_new) return known->second;
    const Op& op = *node.op;
    const LineRange lines = lines_of_rule(tape, op);
    if (!node.inputs.empty()) sources.take(op.written_at.file, lines);
    Json letters = Json::array(), gradients = Json::array();
    for (std::size_t k = 0; k < node.inputs.size(); ++k) {
      letters.push(operand_letter(op, k));
      gradients.push(formula_json(gradient_text(op, k)));
    }
    ops.push(Json::object({{"name", op.name},
                           {"formula", formula_json(op.formula)},
                           {"gradients", std::move(gradients)},
                           {"file", op.written_at.file},
                           {"first", lines.first},
                           {"line", lines.last},
                           {"result", result_letter(op)},
                           {"letters", std::move(letters)}}));
    return known->second;
  }
};

Json node_json(const Tape& tape, int index, std::size_t op, int layer) {
  const Node& node = tape.nodes[index];
  Json json = Json::object({{"op", op},
                            {"inputs", Json::array({node.inputs.begin(), node.inputs.end()})},
                            {"shape", shape_json(tape.value(index).shape)},
                            {"layer", layer},
                            {"file", node.made_at.file},
                            {"line", node.made_at.line}});
  if (!node.name.empty()) json["name"] = node.name;
  if (node.parameter != nullptr) json["short"] = short_name(tape, index);
  if (node.wants_grad) json["trained"] = true;
  Json settings = settings_json(node.settings);
  if (!settings.members().empty()) json["settings"] = std::move(settings);
  return json;
}

// One row for each entry that was checked: [index, analytic, numeric, error], and where it is not
// OK also verdict and reason.
Json entries_json(const TensorCheck& check) {
  Json entries = Json::array();
  for (const EntryCheck& e : check.entries) {
    Json row = Json::array({e.index, number(e.analytic), number(e.numeric), number(e.error)});
    if (e.verdict != Verdict::ok) {
      row.push(verdict_name(e.verdict));
      row.push(e.reason);
    }
    entries.push(std::move(row));
  }
  return entries;
}

Json check_json(Tape& tape, int index, std::size_t most_checked, Rng& rng) {
  const Node& node = tape.nodes[index];
  if (node.op->backward == nullptr || !node.wants_grad) return {};
  const std::vector<int> operands = trained_operands(tape, index);
  std::size_t entries = 0;
  for (int operand : operands) entries += tape.value(operand).size();
  if (entries > most_checked) {
    return Json::object({{"skipped", text("not checked: its operands have ", entries,
                                          " trained entries, more than ", most_checked)}});
  }
  const NodeCheck shown = check_node_twice(tape, index, node.reached ? node.grad : Tensor(), rng);
  const bool random =
      std::any_of(shown.operands.begin(), shown.operands.end(),
                  [](const TensorCheck& operand) { return operand.random_upstream; });
  Json of_operands = Json::array();
  for (std::size_t k = 0; k < shown.operands.size(); ++k) {
    const TensorCheck& check = shown.operands[k];
    Json operand = Json::object({{"node", operands[k]},
                                 {"verdict", verdict_name(check.verdict)},
                                 {"largest", number(check.largest_difference)},
                                 {"entries", entries_json(check)}});
    if (check.directions > 0) operand["directions"] = check.directions;
    of_operands.push(std::move(operand));
  }
  Json result = Json::object(
      {{"verdict", verdict_name(shown.verdict)}, {"operands", std::move(of_operands)}});
  if (!shown.operands.empty()) result["upstream"] = random ? "random" : "of this pass";
  if (!shown.reason.empty())
    result["reason"] = shown.reason;  // it is wrong whatever the operands' verdicts are
  return result;
}

}  // namespace

Json trace_data(const std::string& title, Tape& tape, const Objective& objective,
                const TraceOptions& o) {
  const Journal journal = journal_of(tape, objective, o.most_entries);
  const Layers layers = layers_of(tape);
  const int root = objective.total.index;
  Sources sources(o.source_folders);
  OpTable ops;
  TensorTable tensors;
  Rng rng(1);
  Json nodes = Json::array(), checks = Json::array();
  for (int i = 0; i <= root; ++i) {
    nodes.push(node_json(tape, i, ops.position(tape, tape.nodes[i], sources), layers.of_node[i]));
    checks.push(check_json(tape, i, o.most_checked, rng));
    const Site& made_at = tape.nodes[i].made_at;
    sources.take(made_at.file,
                 {made_at.line - lines_around_a_site, made_at.line + lines_around_a_site});
  }
  Json terms = Json::array();
  for (const Term& term : objective.terms)
    terms.push(Json::object({{"name", term.name}, {"node", term.value.index}}));
  Json visits = visits_json(journal, tensors);
  return Json::object({{"strata_trace", 1},
                       {"title", title},
                       {"real", sizeof(Real) == 8 ? "double" : "float"},
                       {"most_entries", o.most_entries},
                       {"terms", std::move(terms)},
                       {"total", root},
                       {"layers", Json::array({layers.names.begin(), layers.names.end()})},
                       {"ops", std::move(ops.ops)},
                       {"nodes", std::move(nodes)},
                       {"visits", std::move(visits)},
                       {"tensors", tensors.take()},
                       {"checks", std::move(checks)},
                       {"sources", sources.to_json()}});
}

}  // namespace strata
