#include "autoencoders/explicit/counterparts.hpp"

#include <algorithm>
#include <cmath>

#include "core/gradcheck/rule_alone.hpp"

namespace strata {

Counterparts::Counterparts(const DenseAutoencoder& model, const std::vector<ExplicitLayer>& layers,
                           const Tensor& X, Tape& tape, const Objective& objective)
    : tape_(tape),
      objective_(objective),
      nodes_(nodes_of_model(tape, objective, model, layers)),
      gradients_(gradients_by_term(tape, objective)),
      code_(model.encoder.size()),
      m_(Real(X.rows())) {
  const Tensor& recorded = tape.value(nodes_.X);
  check(recorded.shape == X.shape && recorded.values == X.values,
        "explicit walk: the tape was recorded on ", recorded.shape, ", which is not the batch (",
        X.shape, ")");
}

std::string Counterparts::name_of(int node) const {
  if (tape_.nodes[node].parameter != nullptr)
    return text(short_name(tape_, node), " (node ", node, ")");
  return text("node ", node, " (", tape_.nodes[node].op->name, ")");
}

Counterpart Counterparts::value_of(int node) const {
  return {.node = node, .words = "the value of " + name_of(node), .numbers = tape_.value(node)};
}

Counterpart Counterparts::saved_in(int node, std::size_t k, const std::string& what) const {
  return {.node = node,
          .words = text(what, ", saved[", k, "] of ", name_of(node)),
          .numbers = tape_.nodes[node].saved.at(k)};
}

Counterpart Counterparts::gradient_of(int node, const std::string& term, Real factor) const {
  const auto found = std::find(gradients_.terms.begin(), gradients_.terms.end(), term);
  check(term.empty() || found != gradients_.terms.end(), "explicit walk: the tape has no term ",
        term);
  const Tensor& gradient =
      term.empty() ? gradients_.total[node]
                   : gradients_.parts[std::size_t(found - gradients_.terms.begin())][node];
  Counterpart counterpart{.node = node,
                          .words = (factor == 1 ? "the gradient of " : "m × the gradient of ") +
                                   name_of(node) + (term.empty() ? "" : " by " + term + " alone"),
                          .numbers = gradient.empty() ? Tensor(tape_.value(node).shape) : gradient};
  for (Real& g : counterpart.numbers.values) g *= factor;
  return counterpart;
}

Counterpart Counterparts::a(std::size_t k) const {
  if (layer(k).a >= 0) return value_of(layer(k).a);
  return saved_in(nodes_.loss, 1, "σ(Z)");  // bce takes z, and keeps r for the backward pass
}

Counterpart Counterparts::term(const std::string& name) const {
  for (const Term& term : objective_.terms) {
    if (term.name == name) return value_of(term.value.index);
  }
  throw Error("explicit walk: the tape has no term " + name);
}

Counterpart Counterparts::sparsity_delta(const Tensor& ours) const {
  Counterpart counterpart = bracket(code_, "sparsity");
  counterpart.words = "every row of " + counterpart.words;
  const Tensor rows = counterpart.numbers;
  Tensor& farthest = counterpart.numbers;
  farthest = slice_rows(rows, 0, 1).reshaped({rows.cols()});
  if (ours.shape != farthest.shape) return counterpart;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::size_t j = i % rows.cols();
    const bool is_nearer = std::abs(rows[i] - ours[j]) <= std::abs(farthest[j] - ours[j]);
    if (!is_nearer) farthest[j] = rows[i];  // this way round NaN is found
  }
  return counterpart;
}

Counterpart Counterparts::slope(std::size_t k) const {
  const int node = layer(k).activated;
  if (node == layer(k).z)
    return {.words = "the tape has no node for it: a linear layer's a is its z, and f′ is 1"};
  return {.node = node,
          .words = "what the rule of " + name_of(node) + " gives for ones (the tape keeps no f′)",
          .numbers = contributions_alone(tape_, node, Tensor(tape_.value(node).shape, 1)).at(0)};
}

Counterpart Counterparts::dW_share(std::size_t k) const {
  const int node = layer(k).product, leaf = layer(k).W;
  return {.node = node,
          .operand = leaf,
          .words = "what " + name_of(node) + " adds to the gradient of " + name_of(leaf),
          .numbers = contribution_alone(tape_, node, leaf, gradients_.total[node])};
}

}  // namespace strata
