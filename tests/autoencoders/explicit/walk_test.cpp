// The walk through the delta rule: every quantity is there, and is the tape's.

#include <cmath>
#include <sstream>

#include "core/io/files.hpp"
#include "tests/autoencoders/explicit/walked.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

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
  CHECK(sparse.names() ==
        "z¹, a¹, z², a² = r, ρ̂, reconstruction, sparsity, weight_decay, δ²: r − x, "
        "δ²: f′(z²), δ², δ¹: backpropagated, δ¹: KL part, δ¹: bracket, δ¹: f′(z¹), δ¹, "
        "dW¹: data part, dW¹: decay part, dW¹, db¹, dW²: data part, dW²: decay part, "
        "dW², db²");
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
  CHECK(tied.names() ==
        "z¹, a¹, z², a², z³, a³, z⁴, a⁴ = r, reconstruction, l1, weight_decay, δ⁴, "
        "δ³: backpropagated, δ³: f′(z³), δ³, δ²: backpropagated, δ²: L1 part, "
        "δ²: bracket, δ²: f′(z²), δ², δ¹: backpropagated, δ¹: f′(z¹), δ¹, "
        "dW¹: share of layer 1, dW¹: decay part, db¹, dW²: share of layer 2, "
        "dW²: decay part, db², dW²: share of layer 3, dW², db³, dW¹: share of layer 4, "
        "dW¹, db⁴");
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
