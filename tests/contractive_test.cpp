// The contraction: the oracle's values and gradients, in closed form and through the tape; the known mistakes; Jacobians as
// numbers; and what the penalty does to an encoder of digits.

#include "autoencoders/contractive.hpp"

#include <doctest/doctest.h>

#include "autoencoders/jacobian.hpp"
#include "autoencoders/train.hpp"
#include "core/autodiff/gradcheck.hpp"
#include "core/data/digits8x8.hpp"
#include "pretraining/cli/allocation_count.hpp"
#include "tests/autoencoder_reference.hpp"
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
    expected = &testing::reference().at("contractive_penalty_mean_squared_frobenius_norm").items()[depth - 1];
    const Json& p = expected->at("parameters");
    for (std::size_t k = 1; k <= depth; ++k) {
      layers.push_back(dense_from(p.at(text("W", k)), p.at(text("b", k)), "sigmoid"));
    }
    X = to_tensor(expected->at("X"));
  }
  double penalty() const { return expected->at("penalty").as_number(); }
  Tensor gradient(const std::string& name) const { return to_tensor(expected->at("gradients").at(name)); }
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

ContractiveOptions small(std::vector<std::size_t> sizes, Activation f) {
  ContractiveOptions options;
  options.net.sizes = std::move(sizes);
  options.net.hidden = f;
  options.net.code = f;
  return options;
}

ContractiveAutoencoder lively(const ContractiveOptions& options, Rng& rng) {
  ContractiveAutoencoder model(options, rng);
  for (Parameter* p : model.parameters()) p->value = normal_tensor(p->value.shape, rng, 0.7);
  return model;
}

constexpr Activation all_activations[] = {Activation::linear,    Activation::sigmoid, Activation::tanh,
                                          Activation::relu,      Activation::elu,     Activation::softplus,
                                          Activation::leaky_relu};

}  // namespace

TEST_CASE("penalty and gradients are the oracle's: closed form and through the tape, one layer and two") {
  const double relative = by_real(1e-9, 1e-3), absolute = by_real(1e-14, 1e-6);
  for (const std::size_t depth : {1, 2}) {
    for (const bool closed_form : {true, false}) {
      if (depth == 2 && closed_form) continue;
      CAPTURE(depth);
      CAPTURE(closed_form);
      OracleEncoder oracle(depth);
      Tape tape;
      const Var X = tape.input(oracle.X);
      const Var P = closed_form
                        ? record_contraction(tape, oracle.layers, record_layers(tape, oracle.layers, X))
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

TEST_CASE("the known mistake, the norm of the summed gradients, is another number with another gradient") {
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
    "the checker rejects the mistake's gradient under the right value, and a penalty that trains nothing") {
  using Rule = void (*)(Tape&, Node&);
  // P′ = (1/m) Σ_ik v_ik², v_ik = Σ_j s_ij W_kj:  dW_kj = 2/m Σ_i v_ik s_ij,  dH_ij = 2/m s′_ij Σ_k v_ik W_kj
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
    const Var P =
        record_contraction(tape, oracle.layers, record_layers(tape, oracle.layers, tape.input(oracle.X)));
    Op op = contraction_op;
    op.backward = rule;
    P.node().op = &op;
    const auto checks = check_objective(tape, sum_of_terms({{"contraction", P}}), {&layer.W, &layer.b});
    for (const TensorCheck& c : checks) {
      if (rule == not_through_slopes && c.tensor == "W" && verdict == Verdict::wrong) continue;
      CHECK(c.verdict == verdict);
    }
  }
}

TEST_CASE(
    "for every activation the recorded Jacobian is the one that backward passes give, one layer or three") {
  for (const Activation f : all_activations) {
    for (const auto& sizes : {std::vector<std::size_t>{5, 3}, {5, 4, 6, 3}}) {
      CAPTURE(activation_name(f));
      CAPTURE(sizes.size());
      Rng rng(1);
      ContractiveAutoencoder model = lively(small(sizes, f), rng);
      const Tensor X = normal_tensor({4, 5}, rng);
      Tape tape;
      const auto nodes = record_layers(tape, model.net.encoder, tape.input(X));
      const Tensor recorded = record_jacobian(tape, model.net.encoder, nodes).value();
      const Tensor numbers = jacobians(model, X);
      CHECK(text(recorded.shape) == "20×3");
      CHECK(text(numbers.shape) == "4×3×5");
      for (std::size_t i = 0; i < 4; ++i) {
        const Tensor alone = jacobian(model, slice_rows(X, i, i + 1));
        for (std::size_t j = 0; j < 3; ++j) {
          for (std::size_t k = 0; k < 5; ++k) {
            const double expected = recorded(i * 5 + k, j);
            check_close(numbers[(i * 3 + j) * 5 + k], expected, by_real(1e-12, 1e-4), by_real(1e-14, 1e-6));
            check_close(alone(j, k), expected, by_real(1e-12, 1e-4), by_real(1e-14, 1e-6));
          }
        }
      }
      const Var P = record_contraction(tape, model.net.encoder, nodes);
      check_close(P.value().item(), mean_squared_frobenius_norm(model, X), by_real(1e-12, 1e-4));
    }
  }
}

TEST_CASE("every term's gradient passes the checker, for each activation, with contraction and curvature") {
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
        INFO(c.tensor, ", ", c.term, ": ", c.worst.reason, " analytic ", c.worst.analytic, " numeric ",
             c.worst.numeric);
        CHECK(c.verdict != Verdict::wrong);
        // a relu encoder's Jacobian does not depend on its biases, a linear one's curvature on nothing
        const bool smooth = f == Activation::sigmoid || f == Activation::tanh || f == Activation::softplus;
        if (smooth) CHECK(c.verdict == Verdict::ok);
      }
    }
  }
}

TEST_CASE("curvature is the squared change of the Jacobian under the noise drawn, fresh at every replay") {
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

TEST_CASE("a linear encoder: the singular values and the contraction ratio are those of its matrix") {
  Rng rng(5);
  ContractiveOptions options = small({3, 3}, Activation::linear);
  ContractiveAutoencoder model(options, rng);
  model.net.encoder[0].W.value = Tensor::matrix({{0, Real(0.5), 0}, {Real(0.5), 0, 0}, {0, 0, Real(-0.5)}});
  const Tensor X = normal_tensor({7, 3}, rng);
  for (const double value : mean_singular_values(model, X)) check_close(value, 0.5, by_real(1e-12, 1e-5));
  for (const double distance : {0.1, 10.0}) {
    check_close(contraction_ratio(model, X, distance, rng), 0.5, by_real(1e-10, 1e-4));
  }
  model.net.encoder[0].W.value = Tensor::matrix({{3, 0, 0}, {0, 0, -2}, {0, 0, 0}});
  const std::vector<double> values = mean_singular_values(model, X);
  check_close(values[0], 3, by_real(1e-12, 1e-5));
  check_close(values[1], 2, by_real(1e-12, 1e-5));
  CHECK(values[2] < 1e-6);
  check_close(mean_squared_frobenius_norm(model, X), 13, by_real(1e-12, 1e-5));
  CHECK(error_of([&] { contraction_ratio(model, X, 0, rng); }).find("must be above 0") != std::string::npos);
  CHECK(error_of([&] { jacobian(model, X); }).find("needs one example") != std::string::npos);
}

TEST_CASE(
    "the relative contraction is 1 for any multiple of a copy; only following other directions than the "
    "data's "
    "raises it") {
  Rng rng(8);
  ContractiveOptions options = small({3, 3}, Activation::linear);
  ContractiveAutoencoder model(options, rng);
  Tensor X({50, 3});
  for (std::size_t i = 0; i < 50; ++i) X(i, 0) = Real(i) / 10;  // the data vary along the first feature alone
  check_close(total_variance(X), (50 * 50 - 1) / 12.0 / 100, by_real(1e-12, 1e-5));
  const auto set = [&](Real along, Real across) {
    model.net.encoder[0].W.value = Tensor::matrix({{along, 0, 0}, {0, across, 0}, {0, 0, across}});
    return relative_contraction(mean_squared_frobenius_norm(model, X), X, model.encode(X));
  };
  check_close(*set(1, 1), 1, by_real(1e-12, 1e-5));
  check_close(*set(Real(0.01), Real(0.01)), 1, by_real(1e-10, 1e-3));  // only made smaller
  check_close(*set(1, 0), 1.0 / 3, by_real(1e-12, 1e-5));              // only the data's direction is left
  check_close(*set(1, 2), 3, by_real(1e-12, 1e-5));
  CHECK_FALSE(set(0, 1).has_value());  // all codes are equal
}

TEST_CASE(
    "the Jacobian's change nearby is the curvature term without its weight, and 0 for a linear encoder") {
  Rng rng(9);
  ContractiveAutoencoder straight(small({4, 3}, Activation::linear), rng),
      bent = lively(small({4, 3, 2}, Activation::tanh), rng);
  const Tensor X = uniform_tensor({30, 4}, rng, 0, 1);
  CHECK(mean_squared_change_of_jacobian(straight, X, 0.5, rng) == 0);
  Rng first(1), second(1);
  const double near = mean_squared_change_of_jacobian(bent, X, 0.01, first),
               far = mean_squared_change_of_jacobian(bent, X, 0.02, second);
  CHECK(near > 0);
  check_close(far / near, 4, 0.1);  // the square of the distance, where that is short

  bent.contraction = 0;
  bent.curvature = 2;
  bent.deviation = Real(0.3);
  Tape tape;
  const Objective objective = bent.objective(tape, tape.input(X), {}, Mode::training);
  double term = 0, measured = 0;
  for (int draw = 0; draw < 400; ++draw) {
    term += objective.terms[1].value.value().item() / 400.0;
    measured += mean_squared_change_of_jacobian(bent, X, 0.3, rng) / 400;
    tape.replay();
  }
  check_close(term, 2 * measured, 0.05);
}

TEST_CASE("Jacobians leave the gradients of the parameters alone") {
  Rng rng(6);
  ContractiveAutoencoder model(small({4, 3}, Activation::sigmoid), rng);
  for (Parameter* p : model.parameters()) p->grad.fill(7);
  jacobians(model, normal_tensor({2, 4}, rng));
  for (Parameter* p : model.parameters()) CHECK(p->grad.values == Tensor(p->value.shape, 7).values);
}

TEST_CASE("on digits the penalty contracts at least three times at under a tenth more error") {
  const TrainTest data = split_every(digits8x8());
  const auto trained = [&](Real contraction) {
    Rng rng(1);
    ContractiveOptions options = small({64, 30}, Activation::sigmoid);
    options.net.loss = Loss::bce;
    options.contraction = contraction;
    ContractiveAutoencoder model(options, rng);
    FitOptions fit;
    fit.epochs = 60;
    fit.learning_rate = 0.01;
    fit.schedule.kind = "one_cycle";
    train(model, data.train, rng, fit);
    return model;
  };
  ContractiveAutoencoder without = trained(0), with = trained(Real(0.04));
  const double norm = mean_squared_frobenius_norm(without, data.test.X),
               contracted = mean_squared_frobenius_norm(with, data.test.X);
  const double error = reconstruction_error(without, data.test.X),
               error_with = reconstruction_error(with, data.test.X);
  CAPTURE(norm);
  CAPTURE(contracted);
  CAPTURE(error);
  CAPTURE(error_with);
  CHECK(contracted < norm / 3);
  CHECK(error_with < 1.1 * error);
  Rng rng(2), same(2);
  CHECK(contraction_ratio(with, data.test.X, 0.5, rng) < contraction_ratio(without, data.test.X, 0.5, same));
}

TEST_CASE("a replayed step allocates nothing") {
  Rng rng(7);
  ContractiveOptions options = small({12, 9, 4}, Activation::sigmoid);
  options.curvature = 1;
  ContractiveAutoencoder model(options, rng);
  TapeBackprop backprop(model);
  const Batch batch{uniform_tensor({8, 12}, rng, 0, 1), {}};
  backprop.gradients(batch);
  const std::size_t before = cli::allocation_count();
  for (int step = 0; step < 3; ++step) backprop.gradients(batch);
  CHECK(cli::allocation_count() == before);
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
