// Jacobians of encoders as numbers: the recorded ones, singular values, norms, and how they change
// nearby.

#include "autoencoders/jacobian.hpp"

#include <doctest/doctest.h>

#include "tests/autoencoders/contractive_nets.hpp"
#include "tests/check_close.hpp"

using namespace strata;
using namespace strata::testing;

TEST_CASE(
    "for every activation the recorded Jacobian is the one that backward passes give, one layer or "
    "three") {
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
            check_close(numbers[(i * 3 + j) * 5 + k], expected, by_real(1e-12, 1e-4),
                        by_real(1e-14, 1e-6));
            check_close(alone(j, k), expected, by_real(1e-12, 1e-4), by_real(1e-14, 1e-6));
          }
        }
      }
      const Var P = record_contraction(tape, model.net.encoder, nodes);
      check_close(P.value().item(), mean_squared_frobenius_norm(model, X), by_real(1e-12, 1e-4));
    }
  }
}

TEST_CASE(
    "a linear encoder: the singular values and the contraction ratio are those of its matrix") {
  Rng rng(5);
  ContractiveOptions options = small({3, 3}, Activation::linear);
  ContractiveAutoencoder model(options, rng);
  model.net.encoder[0].W.value =
      Tensor::matrix({{0, Real(0.5), 0}, {Real(0.5), 0, 0}, {0, 0, Real(-0.5)}});
  const Tensor X = normal_tensor({7, 3}, rng);
  for (const double value : mean_singular_values(model, X))
    check_close(value, 0.5, by_real(1e-12, 1e-5));
  for (const double distance : {0.1, 10.0}) {
    check_close(contraction_ratio(model, X, distance, rng), 0.5, by_real(1e-10, 1e-4));
  }
  model.net.encoder[0].W.value = Tensor::matrix({{3, 0, 0}, {0, 0, -2}, {0, 0, 0}});
  const std::vector<double> values = mean_singular_values(model, X);
  check_close(values[0], 3, by_real(1e-12, 1e-5));
  check_close(values[1], 2, by_real(1e-12, 1e-5));
  CHECK(values[2] < 1e-6);
  check_close(mean_squared_frobenius_norm(model, X), 13, by_real(1e-12, 1e-5));
  CHECK(error_of([&] { contraction_ratio(model, X, 0, rng); }).find("must be above 0") !=
        std::string::npos);
  CHECK(error_of([&] { jacobian(model, X); }).find("needs one example") != std::string::npos);
}

TEST_CASE(
    "the relative contraction is 1 for any multiple of a copy; only following other directions "
    "than the "
    "data's "
    "raises it") {
  Rng rng(8);
  ContractiveOptions options = small({3, 3}, Activation::linear);
  ContractiveAutoencoder model(options, rng);
  Tensor X({50, 3});
  // The data vary along the first feature alone
  for (std::size_t i = 0; i < 50; ++i) X(i, 0) = Real(i) / 10;
  check_close(total_variance(X), (50 * 50 - 1) / 12.0 / 100, by_real(1e-12, 1e-5));
  const auto set = [&](Real along, Real across) {
    model.net.encoder[0].W.value = Tensor::matrix({{along, 0, 0}, {0, across, 0}, {0, 0, across}});
    return relative_contraction(mean_squared_frobenius_norm(model, X), X, model.encode(X));
  };
  check_close(*set(1, 1), 1, by_real(1e-12, 1e-5));
  check_close(*set(Real(0.01), Real(0.01)), 1, by_real(1e-10, 1e-3));  // only made smaller
  check_close(*set(1, 0), 1.0 / 3, by_real(1e-12, 1e-5));  // only the data's direction is left
  check_close(*set(1, 2), 3, by_real(1e-12, 1e-5));
  CHECK_FALSE(set(0, 1).has_value());  // all codes are equal
}

TEST_CASE(
    "the Jacobian's change nearby is the curvature term without its weight, and 0 for a linear "
    "encoder") {
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
