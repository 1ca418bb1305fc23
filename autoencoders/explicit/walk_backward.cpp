// The walk's way back: see explicit_walker.hpp.

#include <algorithm>
#include <cmath>

#include "autoencoders/explicit/walker.hpp"

namespace strata {

// The part of a sum that is left without `part`, which was there before (a vector: the same in
// every row). What both have in common cancels, and rounding goes by its size.
static void take_away(ExplicitStep& step, const Tensor& part) {
  Tensor& numbers = step.numbers;
  const bool can_be = part.size() > 0 && numbers.size() % part.size() == 0;
  // One of them was never computed, or has a wrong shape: the step differs as it is
  if (!can_be) return;
  step.scale =
      std::max({step.scale, double(largest_magnitude(numbers)), double(largest_magnitude(part))});
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] -= part[i % part.size()];
}

// ------------------------------------------------------------------------------------ equation (2)

void Walk::output_delta() {
  const Tensor& residual = noted(Quantity::residual, L_).numbers;
  const double of_summands =
      double(std::max(largest_magnitude(layer(L_).a), largest_magnitude(X_)));
  const double of_residual = double(largest_magnitude(residual));
  const double lost = of_summands / of_residual;
  if (std::isfinite(lost)) digits_lost_ = std::max(1.0, lost);
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
  delta.formula =
      delta.name + " = " + (slope_matters ? "(r − x) ⊙ f′(" + numbered("z", L_) + ")" : "r − x");
  delta.equation = 2;
  delta.scale = digits_lost_ * double(largest_magnitude(delta.numbers));
  delta.twin = twins_.delta(L_);
}

// f′ alone: by the same function that multiplies by it.
void Walk::slope(std::size_t k) {
  ExplicitStep& step = add(Quantity::delta, k, "δ", "f′(" + numbered("z", k) + ")");
  const ExplicitLayer& l = layer(k);
  // A itself, but for a k-sparse code: there what was not kept is zero in a
  Tensor z = l.z, f_of_z = l.a;
  if (k == code_ && model_.keep_largest > 0)
    add_bias_and_activate(l.f, Tensor({z.cols()}), z, f_of_z);
  step.numbers = Tensor(z.shape, 1);
  multiply_by_derivative(l.f, z, f_of_z, step.numbers);
  step.lecture_name = numbered("δ", k + 1) + ": f′(" + numbered("z", k + 1) + ")";
  step.formula = "the slope of " + activation_name(layer(k).f) + " at " + numbered("z", k);
  step.equation = k == L_ ? 2 : 3;
  step.twin = twins_.slope(k);
}

// --------------------------------------------------------------------------- equations (3) and (4)

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
    kl.formula = is_symmetric_range(layer(code_).f)
                     ? "½ β (−ρ/ρ̂ + (1 − ρ)/(1 − ρ̂)), for each example"
                     : "β (−ρ/ρ̂ + (1 − ρ)/(1 − ρ̂)), for each example";
    kl.equation = 4;
    kl.scale = double(p.beta);
    kl.twin = twins_.sparsity_part(kl.numbers);
    sum += " + KL part";
  }
  if (p.l1 > 0) {
    ExplicitStep& l1 = add(Quantity::with_l1, code_, "δ", "L1 part");
    take_away(l1, noted(Quantity::backpropagated, code_).numbers);
    if (p.beta > 0) take_away(l1, noted(Quantity::sparsity_delta, code_).numbers);
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

// ------------------------------------------------------------------------------------ equation (5)

void Walk::weight_gradients(std::size_t k) {
  const std::string delta = numbered("δ", k);
  const std::string a_transposed = k == 1 ? "xᵀ" : "(" + a(k - 1) + ")ᵀ";
  const std::string share = layer(k).transposed ? "(1/m) (" + delta + ")ᵀ " + a(k - 1)
                                                : "(1/m) " + a_transposed + " " + delta;
  if (is_in_parts(k)) weight_share(k, share);
  if (decays(k)) weight_decay(k);
  // Tied: the decoder's share comes later
  const bool is_complete = layer(k).transposed || !model_.tied;
  if (is_complete) whole_weight_gradient(k, share);

  ExplicitStep& db = add(Quantity::db, k, "db");
  db.formula = db.name + " = (1/m) Σ_rows " + delta;
  db.equation = 5;
  db.scale = digits_lost_ * double(largest_magnitude(db.numbers));
  db.twin = twins_.parameter(*layer(k).b, "");
  db.mistake = mistake_in(*layer(k).b);
}

// dW of the weights that layer k uses.
ExplicitStep& Walk::add_dW(Quantity what, std::size_t k, const std::string& part) {
  ExplicitStep& dW = add(what, k, "dW", part);
  dW.name = dW.lecture_name = numbered("dW", weights_of(k)) + (part.empty() ? "" : ": " + part);
  dW.equation = 5;
  return dW;
}

void Walk::weight_share(std::size_t k, const std::string& formula) {
  ExplicitStep& share =
      add_dW(Quantity::dW_share, k, model_.tied ? text("share of layer ", k) : "data part");
  // tied: the encoder's share stood there already
  if (layer(k).transposed) take_away(share, noted(Quantity::dW, weights_of(k)).numbers);
  share.formula = formula;
  share.scale = std::max(share.scale, digits_lost_ * double(largest_magnitude(share.numbers)));
  share.twin = twins_.dW_share(k);
}

void Walk::weight_decay(std::size_t k) {
  ExplicitStep& decay = add_dW(Quantity::dW, k, "decay part");
  take_away(decay, noted(Quantity::dW_share, k).numbers);
  decay.formula = "λ " + numbered("W", k);
  decay.twin = twins_.parameter(*layer(k).W, "weight_decay");
}

void Walk::whole_weight_gradient(std::size_t k, const std::string& share_formula) {
  ExplicitStep& dW = add_dW(Quantity::dW, k, "");
  if (!is_in_parts(k)) dW.computed_at = noted(Quantity::dW_share, k).at;
  dW.formula = dW.name + " = " + (model_.tied ? "both shares" : share_formula);
  if (model_.penalties.decay > 0) dW.formula += " + λ " + numbered("W", weights_of(k));
  dW.scale = digits_lost_ * double(largest_magnitude(dW.numbers));
  dW.twin = twins_.parameter(*layer(k).W, "");
  dW.mistake = mistake_in(*layer(k).W);
}

std::string Walk::mistake_in(const Parameter& p) const {
  const auto& lost = pass_.set_not_added;
  const bool was_lost = std::find(lost.begin(), lost.end(), &p) != lost.end();
  return was_lost ? "the gradient that stood there is lost: it must be added to (+=), not set (=)"
                  : "";
}

}  // namespace strata
