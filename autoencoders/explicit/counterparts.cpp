#include "autoencoders/explicit/counterparts.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/gradcheck/rule_alone.hpp"

namespace strata {

Twins::Twins(DenseAutoencoder& model, const Tensor& X, Tape& tape, const Objective& objective)
    : tape_(tape),
      objective_(objective),
      nodes_(nodes_of_model(tape, objective, model)),
      gradients_(gradients_by_term(tape, objective)),
      code_(model.encoder.size()),
      m_(Real(X.rows())) {
  const Tensor& recorded = tape.value(nodes_.X);
  check(recorded.shape == X.shape && recorded.values == X.values,
        "explicit walk: the tape was recorded on ", recorded.shape, ", which is not the batch (",
        X.shape, ")");
}

std::string Twins::name_of(int node) const {
  if (tape_.nodes[node].parameter != nullptr)
    return text(short_name(tape_, node), " (node ", node, ")");
  return text("node ", node, " (", tape_.nodes[node].op->name, ")");
}

TapeTwin Twins::value_of(int node) const {
  TapeTwin twin;
  twin.part = TapeTwin::Part::value;
  twin.node = node;
  twin.words = "the value of " + name_of(node);
  twin.numbers = tape_.value(node);
  return twin;
}

TapeTwin Twins::saved_in(int node, std::size_t k, const std::string& what) const {
  TapeTwin twin;
  twin.part = TapeTwin::Part::saved;
  twin.node = node;
  twin.saved = k;
  twin.words = text(what, ", saved[", k, "] of ", name_of(node));
  twin.numbers = tape_.nodes[node].saved.at(k);
  return twin;
}

TapeTwin Twins::gradient_of(int node, const std::string& term, Real factor) const {
  const auto found = std::find(gradients_.terms.begin(), gradients_.terms.end(), term);
  check(term.empty() || found != gradients_.terms.end(), "explicit walk: the tape has no term ",
        term);
  const std::vector<Tensor>& of_nodes =
      term.empty() ? gradients_.total
                   : gradients_.parts[std::size_t(found - gradients_.terms.begin())];
  TapeTwin twin;
  twin.part = TapeTwin::Part::gradient;
  twin.node = node;
  twin.term = term;
  twin.factor = double(factor);
  twin.words = (factor == 1 ? "the gradient of " : "m × the gradient of ") + name_of(node) +
               (term.empty() ? "" : " by " + term + " alone");
  twin.numbers = of_nodes[node].empty() ? Tensor(tape_.value(node).shape) : of_nodes[node];
  for (Real& g : twin.numbers.values) g *= factor;
  return twin;
}

// ---- forward

TapeTwin Twins::z(std::size_t k) const {
  return value_of(layer(k).z);
}

TapeTwin Twins::a(std::size_t k) const {
  if (layer(k).a >= 0) return value_of(layer(k).a);
  // Bce: the loss takes z, its rule keeps r for the backward pass
  return saved_in(nodes_.loss, 1, "σ(Z)");
}

TapeTwin Twins::rho_hat() const {
  return saved_in(nodes_.kl, 0, "ρ̂");
}

TapeTwin Twins::term(const std::string& name) const {
  for (const Term& term : objective_.terms) {
    if (term.name == name) return value_of(term.value.index);
  }
  throw Error("explicit walk: the tape has no term " + name);
}

// ---- backward

TapeTwin Twins::bracket(std::size_t k, const std::string& term) const {
  return gradient_of(layer(k).a, term, m_);
}

TapeTwin Twins::sparsity_part(const Tensor& ours) const {
  TapeTwin twin = bracket(code_, "sparsity");
  twin.is_every_row = true;
  twin.words = "every row of " + twin.words;
  const Tensor rows = std::move(twin.numbers);
  twin.numbers = ours;
  const auto distance = [&](std::size_t i, std::size_t j) {
    return std::abs(double(rows(i, j)) - double(ours[j]));
  };
  for (std::size_t j = 0; j < rows.cols(); ++j) {
    std::size_t farthest = 0;
    for (std::size_t i = 1; i < rows.rows(); ++i) {
      if (!(distance(i, j) <= distance(farthest, j))) farthest = i;  // this way round NaN is found
    }
    twin.numbers[j] = rows(farthest, j);
  }
  return twin;
}

TapeTwin Twins::kept_bracket() const {
  return gradient_of(layer(code_).activated, "", m_);
}

TapeTwin Twins::delta(std::size_t k) const {
  return gradient_of(layer(k).z, "", m_);
}

TapeTwin Twins::slope(std::size_t k) const {
  TapeTwin twin;
  const int node = layer(k).activated;
  if (node == layer(k).z) {
    twin.words = "the tape has no node for it: a linear layer's a is its z, and f′ is 1";
    return twin;
  }
  twin.part = TapeTwin::Part::slope;
  twin.node = node;
  twin.words = "what the rule of " + name_of(node) + " gives for ones (the tape keeps no f′)";
  twin.numbers = contributions_alone(tape_, node, Tensor(tape_.value(node).shape, 1)).at(0);
  return twin;
}

TapeTwin Twins::dW_share(std::size_t k) const {
  const int node = layer(k).product, leaf = layer(k).W;
  TapeTwin twin;
  twin.part = TapeTwin::Part::contribution;
  twin.node = node;
  twin.operand = leaf;
  twin.words = "what " + name_of(node) + " adds to the gradient of " + name_of(leaf);
  twin.numbers = contribution_alone(tape_, node, leaf, gradients_.total[node]);
  return twin;
}

TapeTwin Twins::parameter(const Parameter& p, const std::string& term) const {
  int leaf = -1;
  for (const LayerNodes& layer : nodes_.layers) {
    for (int node : {layer.W, layer.b}) {
      if (tape_.nodes[node].parameter == &p) leaf = node;
    }
  }
  return gradient_of(leaf, term, 1);
}

}  // namespace strata
