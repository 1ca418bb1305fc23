// Where the walk leaves the tape: a mistake in any quantity is found and named, and what is not a
// mistake is not.

#include <cmath>
#include <limits>

#include "core/autodiff/names.hpp"
#include "tests/autoencoders/explicit/walked.hpp"

using namespace strata;
using namespace strata::testing;

TEST_CASE("a mistake in any quantity is found there, and named with its line and entry") {
  const DenseAutoencoderOptions kinds[] = {
      {.sizes = {6, 4},
       .penalties = {.rho = Real(0.1), .beta = 1, .l1 = Real(0.1), .decay = Real(0.1)}},
      {.sizes = {6, 5, 3},
       .code = Activation::relu,
       .loss = Loss::bce,
       .tied = true,
       .keep_largest = 2,
       .penalties = {.decay = Real(0.1)}}};
  for (const DenseAutoencoderOptions& options : kinds) {
    const Walked walked(options);
    for (std::size_t k = 0; k < walked.steps.size(); ++k) {
      CAPTURE(walked.steps[k].name);
      Tensor right = walked.steps[k].numbers;
      std::size_t largest = 0;
      for (std::size_t i = 0; i < right.size(); ++i) {
        if (std::abs(right[i]) > std::abs(right[largest])) largest = i;
      }
      const Real nan = std::numeric_limits<Real>::quiet_NaN();
      const Real wrongs[] = {-right[largest], right[largest] * Real(by_real(1 + 1e-9, 1.01)),
                             Real(0), nan};
      for (Real wrong : wrongs) {
        std::vector<ExplicitStep> steps = walked.steps;
        steps[k].numbers[largest] = wrong;
        CHECK(first_difference(steps) == k);
        const std::string line = explain_first_difference(steps);
        CAPTURE(line);
        CHECK(line.starts_with(
            text(steps[k].name, " (", steps[k].computed_at.function, ", autoencoders/")));
        CHECK(line.find(text(") is the first that differs from the tape: entry ",
                             entry_place(right.shape, largest), " is ")) != std::string::npos);
      }
    }
    std::vector<ExplicitStep> steps = walked.steps;
    steps[3].numbers = Tensor({2, 2});
    CHECK(first_difference(steps) == 3);
    CHECK(explain_first_difference(steps).find("it is 2×2, but the value of node ") !=
          std::string::npos);
    steps[3].mistake = "it is upside down";
    CHECK(explain_first_difference(steps).ends_with(
        " is the first that differs from the tape: it is upside down"));
    steps[2].numbers = Tensor();
    CHECK(first_difference(steps) == 2);
    CHECK(explain_first_difference(steps) ==
          text("z² (forward, ", steps[2].computed_at,
               ") is the first that differs from the tape: it was never computed"));
    steps[2].computed_at = Site{};  // of a function that the pass never comes to
    CHECK(explain_first_difference(steps) ==
          "z² is the first that differs from the tape: it was never computed");
  }
}

TEST_CASE("what all entries of a wrong quantity have in common is said") {
  const Walked walked({.sizes = {6, 4}, .penalties = {.rho = Real(0.1), .beta = 1}});
  const std::size_t m = walked.steps[0].numbers.rows();
  for (std::size_t k = 0; k < walked.steps.size(); ++k) {
    if (walked.steps[k].numbers.size() < 2 || walked.steps[k].counterpart.numbers.empty()) continue;
    CAPTURE(walked.steps[k].name);
    std::vector<ExplicitStep> steps = walked.steps;
    for (Real& x : steps[k].numbers.values) x *= Real(m);
    CHECK(explain_first_difference(steps).ends_with(text(
        ": it is ", m, ".000 times as large as it should be in every entry, and m, the rows of ",
        "z¹, is ", m)));
    for (Real& x : steps[k].numbers.values) x /= -Real(m);
    CHECK(explain_first_difference(steps).ends_with(": its sign is wrong in every entry"));
  }
}

namespace {

void wrong_for_the_last_example(Tape& tape, Node& node) {
  kl_sparsity_op.backward(tape, node);
  Tensor& dH = tape.input_grad(node, 0);
  dH(dH.rows() - 1, 2) += Real(0.1);
}

}  // namespace

TEST_CASE(
    "the KL part is held against every example's, and a rule in another's place is still found by "
    "its name") {
  Walked walked(sparse_options());
  Op broken = kl_sparsity_op;
  broken.backward = wrong_for_the_last_example;
  for (Node& node : walked.tape.nodes) {
    if (node.op == &kl_sparsity_op) node.op = &broken;
  }
  const auto steps = explicit_walk(walked.model, walked.batch, walked.tape, walked.objective);
  REQUIRE(first_difference(steps) < steps.size());
  CHECK(steps[first_difference(steps)].name == "δ¹: KL part");
  CHECK(explain_first_difference(steps).find("entry [2] is ") != std::string::npos);
}

TEST_CASE(
    "equal numbers that are not finite are no difference, and neither are gradients that have "
    "vanished") {
  const Real inf = std::numeric_limits<Real>::infinity(),
             nan = std::numeric_limits<Real>::quiet_NaN();
  const Walked walked(sparse_options());
  const auto differs = [&walked](Real ours, Real theirs) {
    std::vector<ExplicitStep> steps = walked.steps;
    steps[2].numbers[7] = ours;
    steps[2].counterpart.numbers[7] = theirs;
    return !explain_first_difference(steps).empty();
  };
  CHECK(!differs(inf, inf));
  CHECK(!differs(-inf, -inf));
  CHECK(!differs(nan, nan));
  CHECK(differs(inf, -inf));
  CHECK(differs(nan, inf));
  CHECK(differs(nan, 1));
  CHECK(differs(1, inf));

  // Beside an equal infinity another entry is still wrong
  std::vector<ExplicitStep> steps = walked.steps;
  steps[2].numbers[0] = steps[2].counterpart.numbers[0] = inf;
  steps[2].scale = double(inf);
  steps[2].numbers[7] *= 2;
  CHECK(first_difference(steps) == 2);
  CHECK(explain_first_difference(steps).find("entry [1,1] is ") != std::string::npos);
  steps[2].numbers = Tensor(steps[2].numbers.shape);  // nothing but denormal numbers
  steps[2].counterpart.numbers = steps[2].numbers;
  steps[2].scale = 0;
  steps[2].numbers[7] = 37 * std::numeric_limits<Real>::denorm_min();
  CHECK(explain_first_difference(steps) == "");
}

TEST_CASE(
    "so deep that δ vanishes: by hand and tape are rounded differently, which is no mistake") {
  DenseAutoencoderOptions options{
      .sizes = std::vector<std::size_t>(std::size_t(by_real(250, 40)), 6), .penalties = {}};
  options.sizes.push_back(3);
  for (const Loss loss : {Loss::bce, Loss::half_mse}) {
    options.loss = loss;
    Walked walked(options);
    CHECK(explain_first_difference(walked.steps) == "");
    CHECK(double(largest_magnitude(walked.steps.back().numbers)) > 0);
  }
}

TEST_CASE(
    "digits that r − x has lost are no mistake: a model that reconstructs to the last few bits") {
  Rng rng(6);
  DenseAutoencoder model(
      {.sizes = {4, 4}, .code = Activation::linear, .output = Activation::linear, .penalties = {}},
      rng);
  const double near = by_real(1e-9, 1e-3);
  for (Dense* layer : {&model.encoder[0], &model.decoder[0]}) {
    layer->W.value = Tensor({4, 4});
    for (std::size_t i = 0; i < 4; ++i) layer->W.value(i, i) = 1;
    layer->b.value = normal_tensor({4}, rng, near);
  }
  Walked walked(std::move(model), uniform_tensor({7, 4}, rng, 0, 1));
  CHECK(explain_first_difference(walked.steps) == "");
  CHECK(double(largest_magnitude(walked.at("δ²").numbers)) < 10 * near);
  for (const char* name : {"δ²", "δ¹: backpropagated", "δ¹", "dW¹", "db¹", "dW²", "db²"}) {
    CAPTURE(name);
    Tensor& numbers = walked.at(name).numbers;
    numbers[0] += std::numeric_limits<Real>::epsilon() / 4;  // as if r were rounded differently
    CHECK(explain_first_difference(walked.steps) == "");
    numbers[0] += Real(near) / 10;
    CHECK(explain_first_difference(walked.steps).starts_with(name));
    numbers[0] = walked.at(name).counterpart.numbers[0];
  }
}

TEST_CASE(
    "the walk leaves the parameters' gradients alone, and refuses a tape of another batch or "
    "model") {
  Walked walked(sparse_options());
  walked.model.encoder[0].W.grad.fill(7);
  explicit_walk(walked.model, walked.batch, walked.tape, walked.objective);
  CHECK(walked.model.encoder[0].W.grad[3] == 7);
  CHECK(largest_magnitude(walked.model.decoder[0].W.grad) == 0);

  Batch other = walked.batch;
  other.X[0] += Real(0.25);
  CHECK(error_of([&] {
          explicit_walk(walked.model, other, walked.tape, walked.objective);
        }).find("explicit walk: the tape was recorded on 5×6, which is not the batch (5×6)") == 0);
  DenseAutoencoder copy = walked.model;
  CHECK(error_of([&] { explicit_walk(copy, walked.batch, walked.tape, walked.objective); }) ==
        "explicit walk: the tape has no encoder.0.W: it is not a recording of this model");
}
