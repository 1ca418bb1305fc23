#include "autoencoders/explicit/walk.hpp"

#include <algorithm>
#include <utility>

#include "autoencoders/explicit/walker.hpp"
#include "core/io/utf8.hpp"

namespace strata {

std::string numbered(const std::string& letter, std::size_t number) {
  return letter + superscript(number);
}

ExplicitStep& Walk::add(Quantity what, std::size_t k, const std::string& letter,
                        const std::string& part) {
  ExplicitStep step;
  const bool is_weight = letter[0] == 'd';  // dW¹ and db¹: numbered alike everywhere
  const std::string suffix = part.empty() ? "" : ": " + part;
  step.name = numbered(letter, k) + suffix;
  step.lecture_name = numbered(letter, is_weight ? k : k + 1) + suffix;
  step.layer = k;
  step.computed_at = noted(what, k).at;
  step.numbers = noted(what, k).numbers;
  steps_.push_back(std::move(step));
  return steps_.back();
}

std::string Walk::W(std::size_t k) const {
  const std::string name = numbered("W", weights_of(k));
  return layer(k).transposed ? "(" + name + ")ᵀ" : name;
}
std::string Walk::W_transposed(std::size_t k) const {
  const std::string name = numbered("W", weights_of(k));
  return layer(k).transposed ? name : "(" + name + ")ᵀ";
}

// ------------------------------------------------------------------------------------ equation (1)

void Walk::forward(std::size_t k) {
  ExplicitStep& z = add(Quantity::z, k, "z");
  z.formula = z.name + " = " + a(k - 1) + " " + W(k) + " + " + numbered("b", k);
  z.equation = 1;
  z.twin = twins_.z(k);

  ExplicitStep& activation = add(Quantity::a, k, "a");
  if (k == L_) {
    activation.name += " = r";
    activation.lecture_name += " = r";
  }
  const std::string& f = activation_name(layer(k).f);
  const std::string of_z =
      layer(k).f == Activation::linear ? numbered("z", k) : f + "(" + numbered("z", k) + ")";
  const bool is_k_sparse = k == code_ && model_.keep_largest > 0;
  activation.formula =
      numbered("a", k) + " = " +
      (is_k_sparse ? text("the ", model_.keep_largest, " largest of each row of ") : "") + of_z;
  activation.equation = 1;
  activation.twin = twins_.a(k);
}

void Walk::mean_activations() {
  ExplicitStep& rho_hat = add(Quantity::rho_hat, code_, "ρ̂");
  const std::string mean = "(1/m) Σ_examples " + a(code_);
  rho_hat.name = rho_hat.lecture_name = "ρ̂";
  rho_hat.formula = is_symmetric_range(layer(code_).f) ? "ρ̂ = (" + mean + " + 1)/2" : "ρ̂ = " + mean;
  rho_hat.equation = 4;
  rho_hat.twin = twins_.rho_hat();
}

void Walk::term(std::size_t t) {
  const auto formula_of = [this](const std::string& name) -> std::string {
    if (name == "sparsity") return "β Σ_j [ρ log(ρ/ρ̂_j) + (1 − ρ) log((1 − ρ)/(1 − ρ̂_j))]";
    if (name == "l1") return "λ₁ (1/m) Σ |" + a(code_) + "|";
    if (name == "weight_decay") return "(λ/2) Σ ‖W‖²";
    return model_.loss == Loss::bce ? "−(1/m) Σ [x log r + (1 − x) log(1 − r)]"
                                    : "1/(2m) Σ (r − x)²";
  };
  ExplicitStep step;
  step.name = step.lecture_name = pass_.terms[t].name;
  step.formula = pass_.terms[t].name + " = " + formula_of(pass_.terms[t].name);
  step.computed_at = noted(Quantity::term, t).at;
  step.numbers = noted(Quantity::term, t).numbers;
  if (pass_.terms[t].name == "sparsity")
    step.scale = double(model_.penalties.beta);  // logarithms that cancel
  step.twin = twins_.term(pass_.terms[t].name);
  steps_.push_back(std::move(step));
}

std::vector<ExplicitStep> explicit_walk(DenseAutoencoder& model, const Batch& batch, Tape& tape,
                                        const Objective& objective) {
  return Walk(model, batch, tape, objective).steps();
}

}  // namespace strata
