// KL(N(μ, σ²) ‖ N(0, I)): its value, also where it is tiny, and wrong rules, which the checker must
// reject.

#include <doctest/doctest.h>

#include <cmath>

#include "core/autodiff/ops.hpp"
#include "core/gradcheck/gradcheck.hpp"
#include "tests/check_close.hpp"

using namespace strata;
using namespace strata::testing;

TEST_CASE("wrong rules for the KL are rejected") {
  using Rule = void (*)(Tape&, Node&);
  const Rule wrongs[] = {[](Tape& tape, Node& node) {  // the sign
                           gaussian_kl_op.backward(tape, node);
                           for (std::size_t k : {0, 1})
                             for (Real& value : tape.input_grad(node, k).values) value = -value;
                         },
                         [](Tape& tape, Node& node) {  // without ½
                           gaussian_kl_op.backward(tape, node);
                           for (std::size_t k : {0, 1})
                             for (Real& value : tape.input_grad(node, k).values) value *= 2;
                         },
                         [](Tape& tape, Node& node) {  // μ forgotten
                           const Tensor kept = tape.input_grad(node, 0);
                           gaussian_kl_op.backward(tape, node);
                           tape.input_grad(node, 0) = kept;
                         },
                         [](Tape& tape, Node& node) {  // σ² for σ² − 1
                           const Tensor& V = tape.input_value(node, 1);
                           gaussian_kl_op.backward(tape, node);
                           Tensor& dV = tape.input_grad(node, 1);
                           for (Real& value : dV.values)
                             value += node.grad[0] / (2 * Real(V.rows()));
                         },
                         [](Tape& tape, Node& node) {  // log σ for log σ²
                           gaussian_kl_op.backward(tape, node);
                           for (Real& value : tape.input_grad(node, 1).values) value *= 2;
                         },
                         [](Tape& tape, Node& node) {  // a sum over examples instead of a mean
                           gaussian_kl_op.backward(tape, node);
                           for (Real& value : tape.input_grad(node, 0).values)
                             value *= Real(tape.input_value(node, 0).rows());
                         }};
  for (const Rule wrong : wrongs) {
    Rng rng(3);
    Tape tape;
    const Var mean = tape.variable(normal_tensor({3, 2}, rng)),
              log_variance = tape.variable(normal_tensor({3, 2}, rng));
    const Var kl = gaussian_kl(mean, log_variance);
    Op broken = gaussian_kl_op;
    broken.backward = wrong;
    kl.node().op = &broken;
    CHECK(check_node(tape, kl.index, Tensor::scalar(1)).verdict == Verdict::wrong);
  }
}

TEST_CASE("the KL is the formula's, zero for N(0, 1), and exact where it is tiny") {
  Tape tape;
  const auto kl = [&tape](Real mean, Real log_variance) {
    return double(
        gaussian_kl(tape.input(Tensor({1, 1}, mean)), tape.input(Tensor({1, 1}, log_variance)))
            .value()
            .item());
  };
  CHECK(kl(0, 0) == 0);
  check_close(kl(Real(0.5), std::log(Real(0.25))), -0.5 * (1 + std::log(0.25) - 0.25 - 0.25),
              by_real(1e-14, 1e-6));
  if (sizeof(Real) == 8) check_close(kl(0, Real(1e-7)), 1e-14 / 4, 1e-4);  // ¼ V², not rounding
}
