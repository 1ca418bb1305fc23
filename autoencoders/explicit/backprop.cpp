#include "autoencoders/explicit/backprop.hpp"

#include "core/math/matmul.hpp"
#include "core/math/rows.hpp"

namespace strata {

void ExplicitBackprop::reshape(Tensor& A, const Shape& shape) {
  A.shape = shape;
  A.values.resize(shape.size());
}

ExplicitBackprop::ExplicitBackprop(DenseAutoencoder& model, Workers* workers_)
    : Backprop(workers_), model_(model), code_(model.encoder.size()) {
  check(model.dropout == 0,
        "explicit backprop: the rule by hand has no dropout (take the tape, or dropout 0)");
  for (Dense& layer : model.encoder)
    layers.push_back({.W = &layer.W, .b = &layer.b, .f = layer.activation});
  for (std::size_t k = 0; k < model.decoder.size(); ++k) {
    Dense& layer = model.decoder[k];
    Parameter* W = model.tied ? &model.twin_of_decoder(k).W : &layer.W;
    layers.push_back({.W = W, .b = &layer.b, .transposed = model.tied, .f = layer.activation});
  }
}

const std::vector<TermValue>& ExplicitBackprop::gradients(const Tensor& input,
                                                          const Tensor& target) {
  evaluate(input, target);
  output_delta(target);
  for (std::size_t k = layers.size() - 1; k >= 1; --k) hidden_delta(k);
  for (std::size_t k = 1; k <= layers.size(); ++k) weight_gradients(k, input);
  return terms_;
}

const std::vector<TermValue>& ExplicitBackprop::evaluate(const Tensor& input,
                                                         const Tensor& target) {
  check(input.shape == target.shape, "explicit backprop: the input is ", input.shape,
        " but the target is ", target.shape);
  check(input.rank() == 2 && input.cols() == model_.features(), "explicit backprop: the batch is ",
        input.shape, " but the model has ", model_.features(), " features");
  for (std::size_t k = 1; k <= layers.size(); ++k) forward(k, input);
  mean_activations();
  compute_terms(target);
  return terms_;
}

// Equation (1): zᵏ = aᵏ⁻¹ Wᵏ + bᵏ,  aᵏ = f(zᵏ); for a k-sparse code h = kept ⊙ f(z)
void ExplicitBackprop::forward(std::size_t k, const Tensor& input) {
  ExplicitLayer& layer = layers[k - 1];
  const Tensor& a_below = activation_below(k, input);
  const Tensor &W = layer.W->value, &b = layer.b->value;
  reshape(layer.z, {input.rows(), b.size()});
  reshape(layer.a, layer.z.shape);

  if (layer.transposed) {
    matmul_bt(a_below, W, layer.z, Store::overwrite, workers);
  } else {
    matmul(a_below, W, layer.z, Store::overwrite, workers);
  }
  add_bias_and_activate(layer.f, b, layer.z, layer.a, workers);
  if (is_k_sparse(k)) {
    reshape(kept, layer.a.shape);
    largest_of_each_row(layer.a, model_.keep_largest, kept);
    for (std::size_t i = 0; i < kept.size(); ++i) layer.a[i] *= kept[i];
  }
  computed_at.forward = Site::here();
}

// The ρ̂ of equation (4), before any δ: it needs the whole batch. ρ̂_j = (1/m) Σ_examples h_j
void ExplicitBackprop::mean_activations() {
  if (model_.penalties.beta == 0) return;
  const ExplicitLayer& code = layers[code_ - 1];
  reshape(rho_hat, {code.a.cols()});
  const std::size_t m = code.a.rows();
  for_column_sums(m, code.a.cols(), workers, entries_of(code.a), [&](std::size_t j, double sum) {
    const double mean = sum / double(m);
    rho_hat[j] = Real(is_symmetric_range(code.f) ? (mean + 1) / 2 : mean);
  });
  computed_at.mean_activations = Site::here();
}

// ------------------------------------------------------------------------------- the backward pass

// Equation (2): δᴸ = f′(zᴸ) ⊙ [ r − x ]; with bce at a sigmoid output f′ cancels
void ExplicitBackprop::output_delta(const Tensor& target) {
  ExplicitLayer& output = layers.back();
  Tensor& r_minus_x = output.delta;  // becomes δᴸ once f′ is multiplied
  reshape(r_minus_x, output.a.shape);
  for_ranges(workers, target.size(), numbers_worth_a_thread,
             [&](std::size_t begin, std::size_t end) {
               for (std::size_t i = begin; i < end; ++i) r_minus_x[i] = output.a[i] - target[i];
             });
  if (!active.reconstruction) r_minus_x.fill(0);
  if (keep_brackets) output.bracket = r_minus_x;

  if (model_.loss == Loss::half_mse)
    multiply_by_derivative(output.f, output.z, output.a, output.delta, workers);
  computed_at.output_delta = Site::here();
}

// Equation (3): δᵏ = f′(zᵏ) ⊙ [ δᵏ⁺¹ (Wᵏ⁺¹)ᵀ + penalty ]; for a k-sparse code kept ⊙ the same
void ExplicitBackprop::hidden_delta(std::size_t k) {
  ExplicitLayer& layer = layers[k - 1];
  const ExplicitLayer& above = layers[k];
  Tensor& bracket = layer.delta;  // becomes δᵏ once f′ is multiplied
  reshape(bracket, layer.a.shape);

  if (above.transposed) {
    matmul(above.delta, above.W->value, bracket, Store::overwrite, workers);
  } else {
    matmul_bt(above.delta, above.W->value, bracket, Store::overwrite, workers);
  }
  if (k == code_) add_code_penalties(bracket);
  if (keep_brackets) layer.bracket = bracket;

  multiply_by_derivative(layer.f, layer.z, layer.a, layer.delta, workers);
  if (is_k_sparse(k)) {
    for (std::size_t i = 0; i < kept.size(); ++i) layer.delta[i] *= kept[i];
  }
  computed_at.hidden_delta = Site::here();
}

// Equation (4): penalty_j = β (−ρ/ρ̂_j + (1 − ρ)/(1 − ρ̂_j)) + λ₁ sign(h_j)
void ExplicitBackprop::add_code_penalties(Tensor& bracket) {
  const ExplicitLayer& code = layers[code_ - 1];
  const Tensor& h = code.a;
  const Penalties& p = model_.penalties;
  if (active.sparsity && p.beta > 0) {
    reshape(sparsity_delta, rho_hat.shape);
    for (std::size_t j = 0; j < rho_hat.size(); ++j) {
      // m ∂(β KL)/∂h_j: the 1/m of the mean ρ̂ and the m of the per-example δ cancel
      sparsity_delta[j] = p.beta * (-p.rho / rho_hat[j] + (1 - p.rho) / (1 - rho_hat[j]));
      if (is_symmetric_range(code.f)) sparsity_delta[j] /= 2;
    }
    add_to_rows(bracket, sparsity_delta, workers);  // the same for every example
  }
  if (active.l1 && p.l1 > 0) {
    for (std::size_t i = 0; i < h.size(); ++i)
      bracket[i] += h[i] > 0 ? p.l1 : h[i] < 0 ? -p.l1 : Real(0);
  }
  computed_at.code_penalties = Site::here();
}

// Equation (5), added to what the parameters' gradients hold already
void ExplicitBackprop::weight_gradients(std::size_t k, const Tensor& input) {
  const ExplicitLayer& layer = layers[k - 1];
  const Tensor& a_below = activation_below(k, input);
  const Tensor& W = layer.W->value;
  Tensor &dW = layer.W->grad, &db = layer.b->grad;
  const Real one_over_m = 1 / Real(input.rows());

  // dW += (1/m) (aᵏ⁻¹)ᵀ δᵏ; where W is used transposed, the transpose of that
  if (layer.transposed) {
    matmul_at(layer.delta, a_below, dW, Store::add, workers, one_over_m);
  } else {
    matmul_at(a_below, layer.delta, dW, Store::add, workers, one_over_m);
  }
  // db += (1/m) Σ_rows δᵏ
  add_row_sums(layer.delta, one_over_m, db, workers);

  // dW += λ W, once for tied weights
  const Real lambda = model_.penalties.decay;
  if (active.weight_decay && lambda > 0 && !layer.transposed) {
    for_ranges(workers, dW.size(), numbers_worth_a_thread, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) dW[i] += lambda * W[i];
    });
  }
  computed_at.weight_gradients = Site::here();
}

std::string ExplicitBackprop::explain_non_finite(const Batch& batch) {
  TapeBackprop tape(model_, workers);
  tape.gradients(batch);
  return tape.explain_non_finite(batch);
}

}  // namespace strata
