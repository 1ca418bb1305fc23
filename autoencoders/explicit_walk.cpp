#include "autoencoders/explicit_walk.hpp"

#include <algorithm>
#include <utility>

#include "autoencoders/explicit_record.hpp"
#include "autoencoders/explicit_twins.hpp"

namespace strata {
namespace {

// z¹², as a lecture writes it.
std::string numbered(const std::string& letter, std::size_t number) {
  static const char* const digits[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string result = letter;
  for (char digit : std::to_string(number)) result += digits[digit - '0'];
  return result;
}

// Writes the steps one after the other. k counts layers from 1 to L as in explicit_backprop.hpp.
class Walk {
 public:
  Walk(DenseAutoencoder& model, const Batch& batch, Tape& tape, const Objective& objective)
      : model_(model),
        X_(batch.X),
        by_hand_(model),
        pass_(record_pass(by_hand_, batch, recorder_)),
        twins_(model, batch.X, tape, objective),
        L_(by_hand_.layers.size()),
        code_(model.encoder.size()) {}

  std::vector<ExplicitStep> steps() {
    for (std::size_t k = 1; k <= L_; ++k) forward(k);
    if (model_.penalties.beta > 0) mean_activations();
    for (std::size_t t = 0; t < pass_.terms.size(); ++t) term(t);
    output_delta();
    for (std::size_t k = L_ - 1; k >= 1; --k) hidden_delta(k);
    for (std::size_t k = 1; k <= L_; ++k) weight_gradients(k);
    return std::move(steps_);
  }

 private:
  void forward(std::size_t k);
  void mean_activations();
  void term(std::size_t t);
  void output_delta();
  void hidden_delta(std::size_t k);
  void code_penalties();
  void slope(std::size_t k);
  void weight_gradients(std::size_t k);
  std::string mistake_in(const Parameter& p) const;

  const ExplicitLayer& layer(std::size_t k) const { return by_hand_.layers[k - 1]; }
  // Empty where the pass never came to it: a mistake too.
  const Recorder::Noted& noted(Quantity what, std::size_t k) const {
    const auto found = recorder_.noted.find({what, k});
    return found == recorder_.noted.end() ? never_computed_ : found->second;
  }
  ExplicitStep& add(Quantity what, std::size_t k, const std::string& letter, const std::string& part = "");
  // Layer k uses the weights of this number, "W²", or "(W¹)ᵀ" where it is tied.
  std::size_t weights_of(std::size_t k) const { return layer(k).transposed ? L_ + 1 - k : k; }
  std::string W(std::size_t k) const;
  std::string W_transposed(std::size_t k) const;
  std::string a(std::size_t k) const { return k == 0 ? "x" : k == L_ ? "r" : numbered("a", k); }
  bool has_penalties() const {
    return model_.penalties.beta > 0 || model_.penalties.l1 > 0 || model_.keep_largest > 0;
  }

  DenseAutoencoder& model_;
  const Tensor& X_;
  ExplicitBackprop by_hand_;
  Recorder recorder_;
  Recorder::Noted never_computed_{};
  RecordedPass pass_;
  Twins twins_;
  std::size_t L_, code_;
  double digits_lost_ = 1;  // r − x is this much smaller than r and x; every δ has lost as many digits
  std::vector<ExplicitStep> steps_;
};

ExplicitStep& Walk::add(Quantity what, std::size_t k, const std::string& letter, const std::string& part) {
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

// ------------------------------------------------------------------------------------------------- equation (1)

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
  activation.formula = numbered("a", k) + " = " +
                       (is_k_sparse ? text("the ", model_.keep_largest, " largest of each row of ") : "") +
                       of_z;
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
    return model_.loss == Loss::bce ? "−(1/m) Σ [x log r + (1 − x) log(1 − r)]" : "1/(2m) Σ (r − x)²";
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

// ------------------------------------------------------------------------------------------------- equation (2)

void Walk::output_delta() {
  const Tensor& residual = noted(Quantity::residual, L_).numbers;
  const double of_summands = double(std::max(largest_magnitude(layer(L_).a), largest_magnitude(X_)));
  const double of_residual = double(largest_magnitude(residual));
  if (of_residual > 0) digits_lost_ = std::max(1.0, of_summands / of_residual);
  const bool slope_matters = model_.loss == Loss::half_mse && layer(L_).f != Activation::linear;
  if (slope_matters) {
    ExplicitStep& r_minus_x = add(Quantity::residual, L_, "δ", "r − x");
    r_minus_x.formula = "m ∂L/∂r = r − x";
    r_minus_x.equation = 2;
    r_minus_x.scale = of_summands;
    r_minus_x.twin = twins_.bracket(L_, "");
    slope(L_);
  }
  ExplicitStep& delta = add(Quantity::delta, L_, "δ");
  delta.formula = delta.name + " = " + (slope_matters ? "(r − x) ⊙ f′(" + numbered("z", L_) + ")" : "r − x");
  delta.equation = 2;
  delta.scale = digits_lost_ * double(largest_magnitude(delta.numbers));
  delta.twin = twins_.delta(L_);
}

// f′ alone: by the same function that multiplies by it.
void Walk::slope(std::size_t k) {
  ExplicitStep& step = add(Quantity::delta, k, "δ", "f′(" + numbered("z", k) + ")");
  const ExplicitLayer& l = layer(k);
  Tensor z = l.z, f_of_z = l.a;  // a itself, but for a k-sparse code: there what was not kept is zero in a
  if (k == code_ && model_.keep_largest > 0) add_bias_and_activate(l.f, Tensor({z.cols()}), z, f_of_z);
  step.numbers = Tensor(z.shape, 1);
  multiply_by_derivative(l.f, z, f_of_z, step.numbers);
  step.lecture_name = numbered("δ", k + 1) + ": f′(" + numbered("z", k + 1) + ")";
  step.formula = "the slope of " + activation_name(layer(k).f) + " at " + numbered("z", k);
  step.equation = k == L_ ? 2 : 3;
  step.twin = twins_.slope(k);
}

// -------------------------------------------------------------------------------------------- equations (3) and (4)

void Walk::hidden_delta(std::size_t k) {
  const bool is_penalised = k == code_ && has_penalties();
  ExplicitStep& back = add(Quantity::backpropagated, k, "δ", "backpropagated");
  const std::string product = numbered("δ", k + 1) + " " + W_transposed(k + 1);
  back.formula = "m ∂L/∂" + a(k) + " by what follows = " + product;
  back.equation = 3;
  back.scale = digits_lost_ * double(largest_magnitude(back.numbers));
  back.twin = twins_.bracket(k, is_penalised ? pass_.terms[0].name : "");
  if (is_penalised) code_penalties();
  slope(k);

  ExplicitStep& delta = add(Quantity::delta, k, "δ");
  std::string bracket = product;
  if (k == code_ && model_.penalties.beta > 0) bracket += " + KL part";
  if (k == code_ && model_.penalties.l1 > 0) bracket += " + L1 part";
  delta.formula = delta.name + " = f′(" + numbered("z", k) + ") ⊙ [ " + bracket + " ]";
  if (k == code_ && model_.keep_largest > 0) delta.formula += " where kept";
  delta.equation = 3;
  delta.scale = digits_lost_ * double(largest_magnitude(delta.numbers));
  delta.twin = twins_.delta(k);
}

void Walk::code_penalties() {
  const Penalties& p = model_.penalties;
  std::string sum = "backpropagated";
  if (p.beta > 0) {
    ExplicitStep& kl = add(Quantity::sparsity_delta, code_, "δ", "KL part");
    kl.formula = is_symmetric_range(layer(code_).f) ? "½ β (−ρ/ρ̂ + (1 − ρ)/(1 − ρ̂)), for each example"
                                                    : "β (−ρ/ρ̂ + (1 − ρ)/(1 − ρ̂)), for each example";
    kl.equation = 4;
    kl.scale = double(p.beta);
    kl.twin = twins_.sparsity_part(kl.numbers);
    sum += " + KL part";
  }
  if (p.l1 > 0) {
    ExplicitStep& l1 = add(Quantity::with_l1, code_, "δ", "L1 part");
    const Tensor& h = layer(code_).a;
    l1.numbers = Tensor(h.shape);
    for (std::size_t i = 0; i < h.size(); ++i) l1.numbers[i] = h[i] > 0 ? p.l1 : h[i] < 0 ? -p.l1 : Real(0);
    l1.formula = "λ₁ sign(" + a(code_) + ")";
    l1.equation = 4;
    l1.twin = twins_.bracket(code_, "l1");
    sum += " + L1 part";
  }
  ExplicitStep& bracket = add(Quantity::bracket, code_, "δ", "bracket");
  bracket.formula = "m ∂L/∂" + a(code_) + " = " + sum;
  if (model_.keep_largest > 0) bracket.formula += ", 0 where " + a(code_) + " was set to zero";
  bracket.equation = 4;
  bracket.scale = digits_lost_ * double(largest_magnitude(bracket.numbers));
  bracket.twin = model_.keep_largest > 0 ? twins_.kept_bracket() : twins_.bracket(code_, "");
}

// ------------------------------------------------------------------------------------------------- equation (5)

void Walk::weight_gradients(std::size_t k) {
  const Real lambda = model_.penalties.decay;
  const bool transposed = layer(k).transposed, decays = lambda > 0 && !transposed;
  const std::size_t number = weights_of(k);
  const std::string delta = numbered("δ", k);
  const std::string a_transposed = k == 1 ? "xᵀ" : "(" + a(k - 1) + ")ᵀ";
  const std::string share_formula =
      transposed ? "(1/m) (" + delta + ")ᵀ " + a(k - 1) : "(1/m) " + a_transposed + " " + delta;
  const bool in_parts = decays || model_.tied;
  const auto add_dW = [&](Quantity what, const std::string& part) -> ExplicitStep& {
    ExplicitStep& dW = add(what, k, "dW", part);
    dW.name = dW.lecture_name = numbered("dW", number) + (part.empty() ? "" : ": " + part);
    dW.equation = 5;
    return dW;
  };
  if (in_parts) {
    ExplicitStep& share = add_dW(Quantity::dW_share, model_.tied ? text("share of layer ", k) : "data part");
    if (transposed) {  // the encoder's share stood there already
      const Tensor& before = noted(Quantity::dW, number).numbers;
      const std::size_t entries = std::min(before.size(), share.numbers.size());
      for (std::size_t i = 0; i < entries; ++i) share.numbers[i] -= before[i];
      share.scale = double(largest_magnitude(before));
    }
    share.formula = share_formula;
    share.scale = std::max(share.scale, digits_lost_ * double(largest_magnitude(share.numbers)));
    share.twin = twins_.dW_share(k);
  }
  if (decays) {
    ExplicitStep& decay = add_dW(Quantity::dW, "decay part");
    decay.numbers = layer(k).W->value;
    for (Real& w : decay.numbers.values) w *= lambda;
    decay.formula = "λ " + numbered("W", k);
    decay.twin = twins_.parameter(*layer(k).W, "weight_decay");
  }
  const bool is_complete = transposed || !model_.tied;  // tied: the decoder's share comes later
  if (is_complete) {
    ExplicitStep& dW = add_dW(Quantity::dW, "");
    if (!in_parts) dW.computed_at = noted(Quantity::dW_share, k).at;
    dW.formula = dW.name + " = " + (model_.tied ? "both shares" : share_formula);
    if (lambda > 0) dW.formula += " + λ " + numbered("W", number);
    dW.scale = digits_lost_ * double(largest_magnitude(dW.numbers));
    dW.twin = twins_.parameter(*layer(k).W, "");
    dW.mistake = mistake_in(*layer(k).W);
  }
  ExplicitStep& db = add(Quantity::db, k, "db");
  db.formula = db.name + " = (1/m) Σ_rows " + delta;
  db.equation = 5;
  db.scale = digits_lost_ * double(largest_magnitude(db.numbers));
  db.twin = twins_.parameter(*layer(k).b, "");
  db.mistake = mistake_in(*layer(k).b);
}

std::string Walk::mistake_in(const Parameter& p) const {
  const auto& lost = pass_.set_not_added;
  const bool was_lost = std::find(lost.begin(), lost.end(), &p) != lost.end();
  return was_lost ? "the gradient that stood there is lost: it must be added to (+=), not set (=)" : "";
}

}  // namespace

std::vector<ExplicitStep> explicit_walk(DenseAutoencoder& model, const Batch& batch, Tape& tape,
                                        const Objective& objective) {
  return Walk(model, batch, tape, objective).steps();
}

}  // namespace strata
