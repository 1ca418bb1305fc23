#include "autoencoders/explicit/walk.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "autoencoders/explicit/counterparts.hpp"
#include "autoencoders/explicit/parts.hpp"
#include "core/io/utf8.hpp"

namespace strata {
namespace {

// z¹², as a lecture writes it.
std::string numbered(const std::string& letter, std::size_t number) {
  return letter + superscript(number);
}

// Writes the steps one after the other. All numbers come from the rule itself; none is computed
// here a second time, so a mistake in the rule shows. k counts layers from 1 to L.
class Walk {
 public:
  Walk(DenseAutoencoder& model, const Batch& batch, Tape& tape, const Objective& objective)
      : model_(model),
        penalties_(model.penalties),
        by_hand_(model),
        L_(by_hand_.layers.size()),
        code_(model.encoder.size()),
        on_tape_(model, by_hand_.layers, batch.X, tape, objective),
        parts_(parts_of_pass(by_hand_, code_, batch)),
        lines_(by_hand_.computed_at) {
    for (std::size_t k = 1; k <= L_; ++k) forward(k);
    if (penalties_.beta > 0) mean_activations();
    for (const TermValue& term : parts_.terms) objective_term(term);
    output_delta(batch.X);
    for (std::size_t k = L_ - 1; k >= 1; --k) hidden_delta(k);
    for (std::size_t k = 1; k <= L_; ++k) weight_gradients(k);
  }

  std::vector<ExplicitStep> steps;

 private:
  // Where a quantity stands: in which equation, of which layer, computed by which line.
  struct Place {
    int equation;
    std::size_t layer;
    Site line;
  };
  void forward(std::size_t k);
  void mean_activations();
  void objective_term(const TermValue& term);
  void output_delta(const Tensor& X);
  void hidden_delta(std::size_t k);
  void code_penalties();
  void slope(const Place& at);
  void weight_gradients(std::size_t k);
  void whole_dW(const Place& at, const std::string& share);

  ExplicitStep& add(const Place& at, std::string name, std::string formula, Tensor by_hand,
                    Counterpart on_tape);

  const ExplicitLayer& layer(std::size_t k) const { return by_hand_.layers[k - 1]; }
  bool is_k_sparse(std::size_t k) const { return k == code_ && model_.keep_largest > 0; }
  bool is_penalised(std::size_t k) const {
    return k == code_ && (penalties_.beta > 0 || penalties_.l1 > 0);
  }
  std::string mistake_in(const Parameter& p) const;

  // What the formulas call things: "x", "a²", "r"; "W²", or "(W¹)ᵀ" where it is tied.
  std::string a(std::size_t k) const { return k == 0 ? "x" : k == L_ ? "r" : numbered("a", k); }
  std::size_t weights_of(std::size_t k) const { return layer(k).transposed ? L_ + 1 - k : k; }
  std::string W(std::size_t k, bool transposed) const {
    const std::string name = numbered("W", weights_of(k));
    return transposed != layer(k).transposed ? "(" + name + ")ᵀ" : name;
  }
  std::string penalty_parts() const {
    return text(penalties_.beta > 0 ? " + KL part" : "", penalties_.l1 > 0 ? " + L1 part" : "");
  }

  const DenseAutoencoder& model_;
  const Penalties penalties_;
  ExplicitBackprop by_hand_;
  const std::size_t L_, code_;
  const Counterparts on_tape_;
  ExplicitParts parts_;
  const ExplicitBackprop::Lines& lines_;
  double digits_lost_ = 1;
};

ExplicitStep& Walk::add(const Place& at, std::string name, std::string formula, Tensor by_hand,
                        Counterpart on_tape) {
  steps.push_back({.name = std::move(name),
                   .formula = std::move(formula),
                   .equation = at.equation,
                   .layer = at.layer,
                   .computed_at = at.line,
                   .numbers = std::move(by_hand),
                   .counterpart = std::move(on_tape)});
  // What goes back through r − x has lost as many digits as that has
  steps.back().scale = digits_lost_ * double(largest_magnitude(steps.back().numbers));
  return steps.back();
}

// ------------------------------------------------------------------------------------ equation (1)

void Walk::forward(std::size_t k) {
  const ExplicitLayer& l = layer(k);
  const Place at{.equation = 1, .layer = k, .line = lines_.forward};
  const std::string z = numbered("z", k), a_k = numbered("a", k);
  add(at, z, text(z, " = ", a(k - 1), " ", W(k, false), " + ", numbered("b", k)), l.z,
      on_tape_.z(k));

  const std::string f_of_z =
      l.f == Activation::linear ? z : text(activation_name(l.f), "(", z, ")");
  const std::string kept =
      is_k_sparse(k) ? text("the ", model_.keep_largest, " largest of each row of ") : "";
  add(at, k == L_ ? a_k + " = r" : a_k, text(a_k, " = ", kept, f_of_z), l.a, on_tape_.a(k));
}

void Walk::mean_activations() {
  const Place at{.equation = 4, .layer = code_, .line = lines_.mean_activations};
  const std::string mean = "(1/m) Σ_examples " + a(code_);
  const bool is_tanh = is_symmetric_range(layer(code_).f);
  add(at, "ρ̂", "ρ̂ = " + (is_tanh ? "(" + mean + " + 1)/2" : mean), by_hand_.rho_hat,
      on_tape_.rho_hat());
}

void Walk::objective_term(const TermValue& term) {
  const std::map<std::string, std::string> formulas = {
      {"reconstruction",
       model_.loss == Loss::bce ? "−(1/m) Σ [x log r + (1 − x) log(1 − r)]" : "1/(2m) Σ (r − x)²"},
      {"sparsity", "β Σ_j [ρ log(ρ/ρ̂_j) + (1 − ρ) log((1 − ρ)/(1 − ρ̂_j))]"},
      {"l1", "λ₁ (1/m) Σ |" + a(code_) + "|"},
      {"weight_decay", "(λ/2) Σ ‖W‖²"}};
  const Place at{.equation = 0, .layer = 0, .line = lines_.terms};
  ExplicitStep& step = add(at, term.name, term.name + " = " + formulas.at(term.name),
                           Tensor::scalar(Real(term.value)), on_tape_.term(term.name));
  // The logarithms cancel
  if (term.name == "sparsity") step.scale = std::max(step.scale, double(penalties_.beta));
}

// ------------------------------------------------------------------------------------ equation (2)

void Walk::output_delta(const Tensor& X) {
  const ExplicitLayer& output = layer(L_);
  const Place at{.equation = 2, .layer = L_, .line = lines_.output_delta};
  const std::string delta = numbered("δ", L_);
  const bool slope_matters = model_.loss == Loss::half_mse && output.f != Activation::linear;
  const double of_summands = double(std::max(largest_magnitude(output.a), largest_magnitude(X)));
  if (slope_matters) {
    add(at, delta + ": r − x", "m ∂L/∂r = r − x", output.bracket, on_tape_.bracket(L_, "")).scale =
        of_summands;
    slope(at);
  }
  const double lost = of_summands / double(largest_magnitude(output.bracket));
  if (std::isfinite(lost)) digits_lost_ = std::max(1.0, lost);
  const std::string r_minus_x =
      slope_matters ? text("(r − x) ⊙ f′(", numbered("z", L_), ")") : "r − x";
  add(at, delta, delta + " = " + r_minus_x, output.delta, on_tape_.delta(L_));
}

// f′ alone: by the same function that multiplies by it.
void Walk::slope(const Place& at) {
  const ExplicitLayer& l = layer(at.layer);
  const std::string z_k = numbered("z", at.layer);
  Tensor z = l.z, f_of_z = l.a, f_prime(z.shape, 1);
  // a is f(z), but for a k-sparse code: there a is zero for the units that were not kept
  if (is_k_sparse(at.layer)) add_bias_and_activate(l.f, Tensor({z.cols()}), z, f_of_z);
  multiply_by_derivative(l.f, z, f_of_z, f_prime);
  add(at, text(numbered("δ", at.layer), ": f′(", z_k, ")"),
      text("the slope of ", activation_name(l.f), " at ", z_k), std::move(f_prime),
      on_tape_.slope(at.layer));
}

// --------------------------------------------------------------------------- equations (3) and (4)

void Walk::hidden_delta(std::size_t k) {
  const ExplicitLayer& l = layer(k);
  const Place at{.equation = 3, .layer = k, .line = lines_.hidden_delta};
  const std::string delta = numbered("δ", k);
  // δ² (W²)ᵀ
  const std::string product = numbered("δ", k + 1) + " " + W(k + 1, true);
  add(at, delta + ": backpropagated", text("m ∂L/∂", a(k), " by what follows = ", product),
      is_penalised(k) ? parts_.code_bracket["reconstruction"] : l.bracket,
      on_tape_.bracket(k, is_penalised(k) ? "reconstruction" : ""));
  if (is_penalised(k)) code_penalties();
  slope(at);
  add(at, delta,
      text(delta, " = ", is_k_sparse(k) ? "kept ⊙ " : "", "f′(", numbered("z", k), ") ⊙ [ ",
           product, k == code_ ? penalty_parts() : "", " ]"),
      l.delta, on_tape_.delta(k));
}

void Walk::code_penalties() {
  const Place at{.equation = 4, .layer = code_, .line = lines_.code_penalties};
  const std::string delta = numbered("δ", code_);
  if (penalties_.beta > 0) {
    const std::string half = is_symmetric_range(layer(code_).f) ? "½ " : "";
    const Tensor& ours = by_hand_.sparsity_delta;
    ExplicitStep& kl =
        add(at, delta + ": KL part", half + "β (−ρ/ρ̂ + (1 − ρ)/(1 − ρ̂)), for each example", ours,
            on_tape_.sparsity_delta(ours));
    kl.scale = std::max(kl.scale, double(penalties_.beta));
  }
  if (penalties_.l1 > 0) {
    add(at, delta + ": L1 part", text("λ₁ sign(", a(code_), ")"), parts_.code_bracket["l1"],
        on_tape_.bracket(code_, "l1"));
  }
  add(at, delta + ": bracket", text("m ∂L/∂", a(code_), " = backpropagated", penalty_parts()),
      layer(code_).bracket, on_tape_.bracket(code_, ""));
}

// ------------------------------------------------------------------------------------ equation (5)

void Walk::weight_gradients(std::size_t k) {
  const ExplicitLayer& l = layer(k);
  const Place at{.equation = 5, .layer = k, .line = lines_.weight_gradients};
  const std::string delta = numbered("δ", k), db = numbered("db", k);
  const std::string dW = numbered("dW", weights_of(k)), a_below = a(k - 1);
  const std::string share = l.transposed ? text("(1/m) (", delta, ")ᵀ ", a_below)
                            : k == 1     ? text("(1/m) xᵀ ", delta)
                                         : text("(1/m) (", a_below, ")ᵀ ", delta);
  const bool decays = penalties_.decay > 0 && !l.transposed;
  if (decays || model_.tied) {
    add(at, dW + (model_.tied ? text(": share of layer ", k) : ": data part"), share,
        parts_.dW_shares[k - 1], on_tape_.dW_share(k));
  }
  if (decays) {
    add(at, dW + ": decay part", "λ " + numbered("W", k), parts_.decay[l.W],
        on_tape_.parameter(*l.W, "weight_decay"));
  }
  // Where weights are tied, the decoder's share comes later
  if (l.transposed || !model_.tied) whole_dW(at, model_.tied ? "both shares" : share);
  add(at, db, text(db, " = (1/m) Σ_rows ", delta), parts_.gradient[l.b],
      on_tape_.parameter(*l.b, ""))
      .mistake = mistake_in(*l.b);
}

void Walk::whole_dW(const Place& at, const std::string& share) {
  const Parameter& W = *layer(at.layer).W;
  const std::size_t number = weights_of(at.layer);
  const std::string dW = numbered("dW", number);
  const std::string decay = penalties_.decay > 0 ? " + λ " + numbered("W", number) : "";
  add(at, dW, text(dW, " = ", share, decay), parts_.gradient[&W], on_tape_.parameter(W, ""))
      .mistake = mistake_in(W);
}

std::string Walk::mistake_in(const Parameter& p) const {
  const auto& lost = parts_.set_not_added;
  const bool was_lost = std::find(lost.begin(), lost.end(), &p) != lost.end();
  return was_lost ? "the gradient that stood there is lost: it must be added to (+=), not set (=)"
                  : "";
}

}  // namespace

std::vector<ExplicitStep> explicit_walk(DenseAutoencoder& model, const Batch& batch, Tape& tape,
                                        const Objective& objective) {
  return std::move(Walk(model, batch, tape, objective).steps);
}

std::string lecture_name(const ExplicitStep& step) {
  const bool is_weight = step.name.starts_with("d");  // dW¹ and db¹: numbered alike everywhere
  std::string name = step.name;
  if (step.layer == 0 || is_weight) return name;
  const std::string ours = superscript(step.layer), theirs = superscript(step.layer + 1);
  for (std::size_t at = name.find(ours); at != std::string::npos;
       at = name.find(ours, at + theirs.size()))
    name.replace(at, ours.size(), theirs);
  return name;
}

}  // namespace strata
