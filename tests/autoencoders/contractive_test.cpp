// The contraction: the oracle's values and gradients, in closed form and through the tape; the
// known mistakes. Jacobians as numbers are in jacobian_test.cpp, what the penalty does to an
// encoder of digits in contractive_training_test.cpp.

#include "autoencoders/contractive.hpp"

#include <doctest/doctest.h>

#include "autoencoders/jacobian.hpp"
#include "core/gradcheck/gradcheck.hpp"
#include "tests/autoencoders/autoencoder_reference.hpp"
#include "tests/autoencoders/contractive_nets.hpp"
#include "tests/check_close.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

// The oracle's encoder of one or two sigmoid layers, and its batch.
struct OracleEncoder {
  std::vector<Dense> layers;
  Tensor X;
  const Json* expected;

  explicit OracleEncoder(std::size_t depth) {
    expected = &testing::reference()
                    .at("contractive_penalty_mean_squared_frobenius_norm")
                    .items()[depth - 1];
    const Json& p = expected->at("parameters");
    for (std::size_t k = 1; k <= depth; ++k) {
      layers.push_back(dense_from(p.at(text("W", k)), p.at(text("b", k)), "sigmoid"));
    }
    X = to_tensor(expected->at("X"));
  }
  double penalty() const { return expected->at("penalty").as_number(); }
  Tensor gradient(const std::string& name) const {
    return to_tensor(expected->at("gradients").at(name));
  }
};

Var frobenius_by_tape(Tape& tape, std::vector<Dense>& layers, Var X) {
  const Var J = record_jacobian(tape, layers, record_layers(tape, layers, X));
  return scale(sum(square(J)), 1 / Real(X.shape()[0]));
}

// ‖Σ_j ∇h_j‖²: what one backward pass from the sum of all units gives.
Var mistaken_penalty(Tape& tape, std::vector<Dense>& layers, Var X) {
  const Var J = record_jacobian(tape, layers, record_layers(tape, layers, X));
  const Var sum_over_units = matmul(J, tape.input(Tensor({J.shape()[1], 1}, 1)));
  return scale(sum(square(sum_over_units)), 1 / Real(X.shape()[0]));
}

}  // namespace

TEST_CASE(
    "penalty and gradients are the oracle's: closed form and through the tape, one layer and two") {
  const double relative = by_real(1e-9, 1e-3), absolute = by_real(1e-14, 1e-6);
  for (const std::size_t depth : {1, 2}) {
    for (const bool closed_form : {true, false}) {
      if (depth == 2 && closed_form) continue;
      CAPTURE(depth);
      CAPTURE(closed_form);
      OracleEncoder oracle(depth);
      Tape tape;
      const Var X = tape.input(oracle.X);
      const Var P = closed_form ? record_contraction(tape, oracle.layers,
                                                     record_layers(tape, oracle.layers, X))
                                : frobenius_by_tape(tape, oracle.layers, X);
      CHECK((P.node().op == &contraction_op) == closed_form);
      check_close(P.value().item(), oracle.penalty(), relative);
      tape.backward(P);
      for (std::size_t k = 1; k <= depth; ++k) {
        CAPTURE(k);
        check_close(oracle.layers[k - 1].W.grad, oracle.gradient(text("W", k)), relative, absolute);
        check_close(oracle.layers[k - 1].b.grad, oracle.gradient(text("b", k)), relative, absolute);
      }
    }
  }
}

TEST_CASE(
    "the known mistake, the norm of the summed gradients, is another number with another "
    "gradient") {
  for (const std::size_t depth : {1, 2}) {
    CAPTURE(depth);
    OracleEncoder oracle(depth);
    Tape tape;
    const Var P = mistaken_penalty(tape, oracle.layers, tape.input(oracle.X));
    CHECK(!is_close(P.value().item(), oracle.penalty(), 0.05));
    tape.backward(P);
    CHECK(relative_difference(oracle.layers[0].W.grad, oracle.gradient("W1")) > 0.05);
  }
}

TEST_CASE(
    "the checker rejects the mistake's gradient under the right value, and a penalty that trains "
    "nothing") {
  using Rule = void (*)(Tape&, Node&);
  // P′ = (1/m) Σ_ik v_ik², v_ik = Σ_j s_ij W_kj:
  // dW_kj = 2/m Σ_i v_ik s_ij,  dH_ij = 2/m s′_ij Σ_k v_ik W_kj
  const Rule summed_first = [](Tape& tape, Node& node) {
    const Tensor &H = tape.input_value(node, 0), &W = tape.input_value(node, 1);
    Tensor &dH = tape.input_grad(node, 0), &dW = tape.input_grad(node, 1);
    for (std::size_t i = 0; i < H.rows(); ++i) {
      for (std::size_t k = 0; k < W.rows(); ++k) {
        Real v = 0;
        for (std::size_t j = 0; j < H.cols(); ++j) v += H(i, j) * (1 - H(i, j)) * W(k, j);
        for (std::size_t j = 0; j < H.cols(); ++j) {
          const Real factor = node.grad[0] * 2 * v / Real(H.rows());
          dW(k, j) += factor * H(i, j) * (1 - H(i, j));
          dH(i, j) += factor * W(k, j) * (1 - 2 * H(i, j));
        }
      }
    }
  };
  const Rule nothing = [](Tape& tape, Node& node) {
    tape.input_grad(node, 0);
    tape.input_grad(node, 1);
  };
  const Rule not_through_slopes = [](Tape& tape, Node& node) {  // f′ taken as a constant
    const Tensor kept = tape.input_grad(node, 0);
    contraction_op.backward(tape, node);
    tape.input_grad(node, 0) = kept;
  };
  const Rule right = contraction_op.backward;
  for (const auto& [rule, verdict] : {std::pair{summed_first, Verdict::wrong},
                                      {nothing, Verdict::wrong},
                                      {not_through_slopes, Verdict::wrong},
                                      {right, Verdict::ok}}) {
    OracleEncoder oracle(1);
    Dense& layer = oracle.layers[0];
    layer.W.name = "W";
    layer.b.name = "b";
    Tape tape;
    const Var P = record_contraction(tape, oracle.layers,
                                     record_layers(tape, oracle.layers, tape.input(oracle.X)));
    Op op = contraction_op;
    op.backward = rule;
    P.node().op = &op;
    const auto checks =
        check_objective(tape, sum_of_terms({{"contraction", P}}), {&layer.W, &layer.b});
    for (const TensorCheck& c : checks) {
      if (rule == not_through_slopes && c.tensor == "W" && verdict == Verdict::wrong) continue;
      CHECK(c.verdict == verdict);
    }
  }
}

TEST_CASE(
    "every term's gradient passes the checker, for each activation, with contraction and "
    "curvature") {
  for (const Activation f : all_activations) {
    for (const auto& sizes : {std::vector<std::size_t>{4, 3}, {4, 3, 2}}) {
      CAPTURE(activation_name(f));
      CAPTURE(sizes.size());
      Rng rng(3);
      ContractiveOptions options = small(sizes, f);
      options.contraction = Real(0.3);
      options.curvature = 20;
      options.deviation = 1;
      ContractiveAutoencoder model = lively(options, rng);
      Tape tape;
      const Var X = tape.input(uniform_tensor({3, 4}, rng, 0, 1));
      const Objective objective = model.objective(tape, X, {}, Mode::training);
      REQUIRE(objective.terms.size() == 3);
      CHECK(objective.terms[1].name == "contraction");
      CHECK(objective.terms[2].name == "curvature");
      for (const TensorCheck& c : check_objective(tape, objective, model.parameters())) {
        INFO(c.tensor, ", ", c.term, ": ", c.worst.reason, " analytic ", c.worst.analytic,
             " numeric ", c.worst.numeric);
        CHECK(c.verdict != Verdict::wrong);
        // a relu encoder's Jacobian does not depend on its biases, a linear one's curvature on
        // nothing
        const bool smooth =
            f == Activation::sigmoid || f == Activation::tanh || f == Activation::softplus;
        if (smooth) CHECK(c.verdict == Verdict::ok);
      }
    }
  }
}

TEST_CASE(
    "curvature is the squared change of the Jacobian under the noise drawn, fresh at every "
    "replay") {
  Rng rng(4);
  ContractiveOptions options = small({4, 3, 2}, Activation::tanh);
  options.contraction = 0;
  options.curvature = 2;
  ContractiveAutoencoder model = lively(options, rng);
  const Tensor X = uniform_tensor({5, 4}, rng, 0, 1);
  Tape tape;
  const Objective objective = model.objective(tape, tape.input(X), {}, Mode::training);
  REQUIRE(objective.terms.size() == 2);
  const auto noise_drawn = [&] {
    for (const Node& node : tape.nodes) {
      if (node.op == &normal_noise_op) return node.value;
    }
    return Tensor();
  };
  double first = 0;
  for (const int pass : {1, 2}) {
    CAPTURE(pass);
    Tensor moved = X;
    const Tensor epsilon = noise_drawn();
    REQUIRE(epsilon.shape == X.shape);
    for (std::size_t i = 0; i < X.size(); ++i) moved[i] += options.deviation * epsilon[i];
    const double expected = 2 * squared_distance(jacobians(model, X), jacobians(model, moved)) / 5;
    const double term = objective.terms[1].value.value().item();
    check_close(term, expected, by_real(1e-11, 1e-3));
    CHECK(term != first);
    first = term;
    tape.replay();
  }
}

TEST_CASE("settings that make no sense are refused") {
  Rng rng(1);
  ContractiveOptions options = small({4, 3}, Activation::sigmoid);
  const auto error = [&](const ContractiveOptions& o) {
    return error_of([&] { ContractiveAutoencoder(o, rng); });
  };
  ContractiveOptions negative = options, still = options, k_sparse = options;
  negative.contraction = -1;
  still.curvature = 1;
  still.deviation = 0;
  k_sparse.net.keep_largest = 2;
  CHECK(error(negative).find("weight is negative") != std::string::npos);
  CHECK(error(still).find("deviation 0") != std::string::npos);
  CHECK(error(k_sparse).find("k-sparse") != std::string::npos);
}
