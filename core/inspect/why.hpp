#pragma once
// Why has this weight got this gradient? One entry of one parameter, taken apart three ways: by the
// terms of the objective, by the nodes that use the parameter, and by the examples of the batch.
// Backward is linear in its seeds, so the parts of the terms sum to the whole.
//
//   dW_ij = (1/m) Σ_n a_i(n) δ_j(n),     δ_j(n) = f′(z_j(n)) [ backpropagated + penalties ]
//
// The second formula is the lecture's, with δ = m ∂L/∂z per example; for a sparse unit the bracket
// holds the backpropagated part and the KL part. See autoencoders/explicit/backprop.hpp.

#include <string>
#include <vector>

#include "core/autodiff/names.hpp"
#include "core/autodiff/objective.hpp"

namespace strata {

/// The gradients of every node on the tape, by each term alone.
struct GradientsByTerm {
  std::vector<std::string> terms;
  // Parts[term][node]; empty where that term does not reach the node
  std::vector<std::vector<Tensor>> parts;
  std::vector<Tensor> total;  // total[node], by a pass from the objective's total
};
/// One backward pass for each term and one for the total. Parameters' gradients are as before
/// afterwards; the tape's own are those of the total.
GradientsByTerm gradients_by_term(Tape& tape, const Objective& objective);

/// One example's part of dW_ij: a_i(n) δ_j(n) / m.
struct Summand {
  std::size_t example = 0;
  double activation = 0;  // a_i(n), what the weight is multiplied with; 1 for a bias
  double delta = 0;       // δ_j(n) = m ∂L/∂z_j(n)
  double value = 0;       // a_i(n) δ_j(n) / m
  // Where z goes into one activation function a = f(z) only: δ = slope × Σ bracket.
  double slope = 0;                  // f′(z_j(n))
  std::vector<double> bracket = {};  // by term: m ∂term/∂a_j(n)
};

/// What comes back through one node that uses the parameter.
struct Use {
  int node = -1;
  double contribution = 0;
  std::vector<double> by_term;  // sum to the contribution
  int activation = -1;          // the node a = f(z), where the bracket is known
  /// Largest first, those that are not finite before all; empty where the rule is no sum over
  /// examples (weight decay).
  std::vector<Summand> examples{};
};

struct Why {
  Entry entry{};
  double gradient = 0;
  std::vector<double> by_term;  // in the order of the terms; sum to the gradient
  /// By term: the nodes between the parameter and the term, in forward order.
  std::vector<std::vector<int>> paths;
  std::vector<Use> uses;  // in forward order
};
Why why(Tape& tape, const Objective& objective, const GradientsByTerm& gradients,
        const Entry& entry);

/// For people: the split by term with its paths, then for each use the `most_examples` largest
/// summands. Where the parts do not sum to the gradient, or f′(z) × bracket is not δ, a line says
/// so: then a rule is wrong.
std::string to_text(const Why& why, const Tape& tape, const GradientsByTerm& gradients,
                    std::size_t most_examples = 5);

}  // namespace strata
