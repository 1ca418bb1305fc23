// The walk through the delta rule: every quantity is there, and is the tape's; a mistake in any of
// them is found.

#include "autoencoders/explicit/walk.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>

#include "core/autodiff/names.hpp"
#include "core/io/files.hpp"
#include "tests/autoencoders/autoencoder_reference.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

struct Walked {
  DenseAutoencoder model;
  Batch batch;
  Tape tape;
  Objective objective;
  std::vector<ExplicitStep> steps;

  Walked(DenseAutoencoder model_, const Tensor& X) : model(std::move(model_)), batch{X, {}} {
    model.name_parameters();
    objective = model.objective(tape, tape.input(batch.X, "X"), {}, Mode::training);
    steps = explicit_walk(model, batch, tape, objective);
  }
  explicit Walked(const DenseAutoencoderOptions& options, std::size_t m = 5)
      : Walked(random_model(options), random_batch(options, m)) {}

  static DenseAutoencoder random_model(const DenseAutoencoderOptions& options) {
    Rng rng(9);
    DenseAutoencoder model(options, rng);
    for (Parameter* p : model.parameters()) p->value = normal_tensor(p->value.shape, rng, 0.5);
    return model;
  }
  static Tensor random_batch(const DenseAutoencoderOptions& options, std::size_t m) {
    Rng rng(5);
    return uniform_tensor({m, options.sizes[0]}, rng, 0.05, 0.95);
  }
  ExplicitStep& at(const std::string& name) {
    const auto found =
        std::find_if(steps.begin(), steps.end(), [&](const auto& s) { return s.name == name; });
    REQUIRE_MESSAGE(found != steps.end(), name);
    return *found;
  }
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const ExplicitStep& step : steps) all.push_back(step.name);
    return all;
  }
};

void check_all_agree(Walked& walked) {
  for (const ExplicitStep& step : walked.steps) {
    CAPTURE(step.name);
    CAPTURE(step.counterpart.words);
    CHECK(difference_from_tape(step) <= by_real(1e-12, 1e-4));
    CHECK(!step.formula.empty());
    CHECK(!step.counterpart.words.empty());
    CHECK(!step.numbers.empty());
    const bool has_counterpart = step.counterpart.node >= 0;
    CHECK(has_counterpart == !step.counterpart.numbers.empty());
    if (!has_counterpart) CHECK(step.counterpart.words.find("linear layer") != std::string::npos);
  }
  CHECK(first_difference(walked.steps) == walked.steps.size());
  CHECK(explain_first_difference(walked.steps) == "");
}

DenseAutoencoderOptions sparse_options() {
  return {.sizes = {6, 4}, .penalties = {.rho = Real(0.1), .beta = 1, .decay = Real(0.01)}};
}

}  // namespace

TEST_CASE("every quantity of the oracle's models is the tape's") {
  for (OracleCase& c : all_oracle_cases()) {
    Walked walked(std::move(c.model), c.X);
    check_all_agree(walked);
  }
}

TEST_CASE(
    "every quantity is the tape's: every activation, loss, penalty, tied or not, batches of seven "
    "and of "
    "one") {
  for (const std::string& f : activation_names()) {
    for (const bool tied : {false, true}) {
      for (std::size_t m : {7, 1}) {
        for (const Loss loss : {Loss::half_mse, Loss::bce}) {
          for (const std::size_t keep : {0, 2}) {
            CAPTURE(f);
            CAPTURE(tied);
            CAPTURE(m);
            CAPTURE(keep);
            DenseAutoencoderOptions options{.sizes = {6, 5, 4},
                                            .hidden = activation_named(f),
                                            .code = activation_named(f),
                                            .loss = loss,
                                            .tied = tied,
                                            .keep_largest = keep};
            if (loss == Loss::half_mse) options.output = activation_named(f);
            options.penalties = {.rho = Real(0.1), .beta = 0, .l1 = Real(0.2), .decay = Real(0.01)};
            if ((f == "sigmoid" || f == "tanh") && keep == 0) options.penalties.beta = Real(0.7);
            Walked walked(options, m);
            check_all_agree(walked);
          }
        }
      }
    }
  }
}

TEST_CASE("the walk's order is the lecture's, and no row is missing") {
  Walked sparse(sparse_options());
  CHECK(sparse.names() == std::vector<std::string>{"z¹",
                                                   "a¹",
                                                   "z²",
                                                   "a² = r",
                                                   "ρ̂",
                                                   "reconstruction",
                                                   "sparsity",
                                                   "weight_decay",
                                                   "δ²: r − x",
                                                   "δ²: f′(z²)",
                                                   "δ²",
                                                   "δ¹: backpropagated",
                                                   "δ¹: KL part",
                                                   "δ¹: bracket",
                                                   "δ¹: f′(z¹)",
                                                   "δ¹",
                                                   "dW¹: data part",
                                                   "dW¹: decay part",
                                                   "dW¹",
                                                   "db¹",
                                                   "dW²: data part",
                                                   "dW²: decay part",
                                                   "dW²",
                                                   "db²"});
  CHECK(lecture_name(sparse.at("δ¹")) == "δ²");
  CHECK(lecture_name(sparse.at("δ²: r − x")) == "δ³: r − x");
  CHECK(lecture_name(sparse.at("a² = r")) == "a³ = r");
  CHECK(lecture_name(sparse.at("dW²")) == "dW²");
  CHECK(lecture_name(sparse.at("db²")) == "db²");
  CHECK(sparse.at("δ¹").formula == "δ¹ = f′(z¹) ⊙ [ δ² (W²)ᵀ + KL part ]");

  Walked tied({.sizes = {6, 5, 3},
               .code = Activation::relu,
               .loss = Loss::bce,
               .tied = true,
               .keep_largest = 2,
               .penalties = {.l1 = Real(0.1), .decay = Real(0.1)}});
  CHECK(tied.names() == std::vector<std::string>{"z¹",
                                                 "a¹",
                                                 "z²",
                                                 "a²",
                                                 "z³",
                                                 "a³",
                                                 "z⁴",
                                                 "a⁴ = r",
                                                 "reconstruction",
                                                 "l1",
                                                 "weight_decay",
                                                 "δ⁴",
                                                 "δ³: backpropagated",
                                                 "δ³: f′(z³)",
                                                 "δ³",
                                                 "δ²: backpropagated",
                                                 "δ²: L1 part",
                                                 "δ²: bracket",
                                                 "δ²: f′(z²)",
                                                 "δ²",
                                                 "δ¹: backpropagated",
                                                 "δ¹: f′(z¹)",
                                                 "δ¹",
                                                 "dW¹: share of layer 1",
                                                 "dW¹: decay part",
                                                 "db¹",
                                                 "dW²: share of layer 2",
                                                 "dW²: decay part",
                                                 "db²",
                                                 "dW²: share of layer 3",
                                                 "dW²",
                                                 "db³",
                                                 "dW¹: share of layer 4",
                                                 "dW¹",
                                                 "db⁴"});
  CHECK(tied.at("z⁴").formula == "z⁴ = a³ (W¹)ᵀ + b⁴");
  CHECK(tied.at("δ³").formula == "δ³ = f′(z³) ⊙ [ δ⁴ W¹ ]");
  CHECK(tied.at("a²").formula == "a² = the 2 largest of each row of relu(z²)");
  CHECK(tied.at("a⁴ = r").counterpart.words.starts_with("σ(Z), saved[1] of node "));
  CHECK(tied.at("δ²").formula == "δ² = kept ⊙ f′(z²) ⊙ [ δ³ W² + L1 part ]");
}

TEST_CASE(
    "two examples worked by hand: x = 1 and 0, W¹ = b¹ = 0, W² = 2, b² = −1, ρ = 0.2, β = 1, λ = "
    "0.5") {
  Rng rng(1);
  DenseAutoencoder model(
      {.sizes = {1, 1}, .penalties = {.rho = Real(0.2), .beta = 1, .decay = Real(0.5)}}, rng);
  model.encoder[0].W.value[0] = 0;
  model.decoder[0].W.value[0] = 2;
  model.decoder[0].b.value[0] = -1;
  Walked walked(std::move(model), Tensor::matrix({{1}, {0}}));
  const std::vector<std::pair<const char*, std::vector<double>>> by_hand = {
      {"z¹", {0, 0}},
      {"a¹", {0.5, 0.5}},
      {"z²", {0, 0}},  // 2 · 0.5 − 1
      {"a² = r", {0.5, 0.5}},
      {"ρ̂", {0.5}},
      {"reconstruction", {0.125}},  // ¼ (0.25 + 0.25)
      {"weight_decay", {1}},        // ¼ · 2²
      {"δ²: r − x", {-0.5, 0.5}},
      {"δ²: f′(z²)", {0.25, 0.25}},
      {"δ²", {-0.125, 0.125}},
      {"δ¹: backpropagated", {-0.25, 0.25}},
      {"δ¹: KL part", {1.2}},  // −0.2/0.5 + 0.8/0.5
      {"δ¹: bracket", {0.95, 1.45}},
      {"δ¹: f′(z¹)", {0.25, 0.25}},
      {"δ¹", {0.2375, 0.3625}},
      {"dW¹: data part", {0.11875}},  // ½ (1 · 0.2375 + 0)
      {"dW¹: decay part", {0}},
      {"dW¹", {0.11875}},
      {"db¹", {0.3}},
      {"dW²: data part", {0}},  // ½ (0.5 · −0.125 + 0.5 · 0.125)
      {"dW²: decay part", {1}},
      {"dW²", {1}},
      {"db²", {0}}};
  for (const auto& row : by_hand) {
    const std::string name = row.first;
    const std::vector<double>& numbers = row.second;
    CAPTURE(name);
    const Tensor& ours = walked.at(name).numbers;
    REQUIRE(ours.size() == numbers.size());
    for (std::size_t i = 0; i < ours.size(); ++i)
      check_close(ours[i], numbers[i], by_real(1e-14, 1e-5), by_real(1e-15, 1e-6));
  }
  const double kl = 0.2 * std::log(0.2 / 0.5) + 0.8 * std::log(0.8 / 0.5);
  check_close(walked.at("sparsity").numbers[0], kl, by_real(1e-13, 1e-5));
  CHECK(walked.steps.size() == by_hand.size() + 1);
}

TEST_CASE("the named node of the tape holds the number") {
  Walked walked(
      {.sizes = {6, 5, 3}, .loss = Loss::bce, .tied = true, .penalties = {.decay = Real(0.1)}});
  for (const ExplicitStep& step : walked.steps) {
    CAPTURE(step.name);
    const Counterpart& on_tape = step.counterpart;
    const Node& node = walked.tape.nodes[on_tape.node];
    const bool is_part = step.name.find(": ") != std::string::npos;
    const bool is_r = step.name == "a⁴ = r";  // bce keeps it for its backward pass
    const bool is_delta = step.name.starts_with("δ") && !is_part;
    if (is_r) CHECK(on_tape.numbers.values == node.saved.at(1).values);
    if (step.equation <= 1 && !is_r) CHECK(on_tape.numbers.values == node.value.values);
    if (step.name == "dW¹: share of layer 4") CHECK(walked.tape.nodes[on_tape.operand].parameter);
    if (step.equation == 5 && !is_part) CHECK(on_tape.numbers.shape == node.parameter->value.shape);
    for (std::size_t i = 0; is_delta && i < on_tape.numbers.size(); ++i)
      CHECK(on_tape.numbers[i] == Real(5) * node.grad[i]);  // m: δ is per example
  }
}

TEST_CASE("the source line named is the last of the function named") {
  Walked walked({.sizes = {6, 4},
                 .penalties = {.rho = Real(0.1), .beta = 1, .l1 = Real(0.1), .decay = Real(0.1)}});
  for (const ExplicitStep& step : walked.steps) {
    CAPTURE(step.name);
    std::istringstream source(read_file(step.computed_at.file));
    std::string line, function;
    for (int i = 1; i <= step.computed_at.line; ++i) {
      std::getline(source, line);
      const std::size_t at = line.find("ExplicitBackprop::");
      if (at != std::string::npos && line.ends_with("{") && line[0] != ' ')
        function = line.substr(at + 18);
    }
    CHECK_MESSAGE(line.starts_with("  computed_at."), line);
    CHECK(function.starts_with(std::string(step.computed_at.function) + "("));
  }
  CHECK(std::string(walked.at("ρ̂").computed_at.function) == "mean_activations");
  CHECK(std::string(walked.at("δ¹: KL part").computed_at.function) == "add_code_penalties");
  CHECK(std::string(walked.at("δ¹: bracket").computed_at.function) == "add_code_penalties");
  CHECK(std::string(walked.at("δ¹").computed_at.function) == "hidden_delta");
}

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
        "explicit walk: the tape has no encoder.0.W: it is no recording of this model");
}
