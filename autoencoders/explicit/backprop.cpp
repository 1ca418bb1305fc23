#include "autoencoders/explicit/backprop.hpp"

#include <algorithm>
#include <cmath>

#include "core/math/matmul.hpp"
#include "core/math/rows.hpp"
#include "core/math/vector_math.hpp"
#include "core/sums.hpp"

namespace strata {
namespace {

// Whether a term takes part: all do where none is singled out.
bool includes(const std::string& only, const char* term) {
  return only.empty() || only == term;
}

// The memory of a larger batch is kept: going to the short last one and back allocates nothing.
void reshape_to(Tensor& A, const Shape& shape) {
  A.shape = shape;
  A.values.resize(shape.size());
}

void check_same_shape(const Tensor& input, const Tensor& target) {
  check(input.shape == target.shape, "explicit backprop: the input is ", input.shape,
        " but the target is ", target.shape);
}

}  // namespace

ExplicitBackprop::ExplicitBackprop(DenseAutoencoder& model, Workers* workers_)
    : Backprop(workers_), model_(model), code_(model.encoder.size()) {
  check(model.dropout == 0,
        "explicit backprop: the rule by hand has no dropout (take the tape, or dropout 0)");
  for (Dense& layer : model.encoder)
    layers.push_back({&layer.W, &layer.b, false, layer.activation, {}, {}, {}});
  for (std::size_t k = 0; k < model.decoder.size(); ++k) {
    Dense& layer = model.decoder[k];
    Parameter* W = model.tied ? &model.twin_of_decoder(k).W : &layer.W;
    layers.push_back({W, &layer.b, model.tied, layer.activation, {}, {}, {}});
  }
}

const std::vector<TermValue>& ExplicitBackprop::gradients(const Tensor& input,
                                                          const Tensor& target) {
  check_same_shape(input, target);
  forward(input);
  mean_activations();
  compute_terms(target);
  backward(input, target, "");
  return terms_;
}

const std::vector<TermValue>& ExplicitBackprop::evaluate(const Tensor& input,
                                                         const Tensor& target) {
  check_same_shape(input, target);
  forward(input);
  mean_activations();
  compute_terms(target);
  return terms_;
}

void ExplicitBackprop::gradients_of_term(const Tensor& input, const Tensor& target,
                                         const std::string& term) {
  const bool known =
      term == "reconstruction" || term == "sparsity" || term == "l1" || term == "weight_decay";
  check(known, "explicit backprop: there is no term '", term,
        "' (reconstruction, sparsity, l1, weight_decay)");
  evaluate(input, target);
  backward(input, target, term);
}

// ------------------------------------------------------------------------------------ equation (1)

void ExplicitBackprop::forward(const Tensor& input) {
  check(input.rank() == 2 && input.cols() == model_.features(), "explicit backprop: the batch is ",
        input.shape, " but the model has ", model_.features(), " features");
  const std::size_t m = input.rows();
  for (std::size_t k = 1; k <= layers.size(); ++k) {
    const Tensor& a_before = k == 1 ? input : layers[k - 2].a;
    ExplicitLayer& layer = layers[k - 1];
    const Tensor& W = layer.W->value;
    const Tensor& b = layer.b->value;
    reshape_to(layer.z, {m, b.size()});
    reshape_to(layer.a, {m, b.size()});

    // zᵏ = aᵏ⁻¹ Wᵏ + bᵏ,  aᵏ = f(zᵏ)
    if (layer.transposed) {
      matmul_bt(a_before, W, layer.z, Store::overwrite, workers);
    } else {
      matmul(a_before, W, layer.z, Store::overwrite, workers);
    }
    add_bias_and_activate(layer.f, b, layer.z, layer.a, workers);
    note(Quantity::z, k, layer.z);

    if (k == code_ && model_.keep_largest > 0) {  // k-sparse: the others are set to zero
      reshape_to(kept_, layer.a.shape);
      largest_of_each_row(layer.a, model_.keep_largest, kept_);
      for (std::size_t i = 0; i < layer.a.size(); ++i) layer.a[i] *= kept_[i];
    }
    note(Quantity::a, k, layer.a);
  }
}

// ------------------------------------------------------- ρ̂, before any δ: it needs the whole batch

void ExplicitBackprop::mean_activations() {
  if (model_.penalties.beta == 0) return;
  const Tensor& h = code_layer().a;
  const Real rho = model_.penalties.rho, beta = model_.penalties.beta;
  const bool is_tanh = is_symmetric_range(code_layer().f);
  reshape_to(rho_hat, {h.cols()});
  reshape_to(sparsity_delta, {h.cols()});
  rho_hat.fill(0);
  for (std::size_t i = 0; i < h.rows(); ++i) {
    for (std::size_t j = 0; j < h.cols(); ++j) rho_hat[j] += h(i, j);
  }
  for (std::size_t j = 0; j < h.cols(); ++j) {
    rho_hat[j] /= Real(h.rows());
    if (is_tanh) rho_hat[j] = (rho_hat[j] + 1) / 2;
    // m ∂(β KL)/∂h: the 1/m of the mean and the m of the per-example δ cancel
    sparsity_delta[j] = beta * (-rho / rho_hat[j] + (1 - rho) / (1 - rho_hat[j]));
    if (is_tanh) sparsity_delta[j] /= 2;
  }
  note(Quantity::rho_hat, code_, rho_hat);
  note(Quantity::sparsity_delta, code_, sparsity_delta);
}

// --------------------------------------------------------------------- the objective, term by term

void ExplicitBackprop::add_term(const char* name, Real value, Site at) {
  if (observer != nullptr)
    observer->computed(Quantity::term, terms_.size(), Tensor::scalar(value), at);
  terms_.push_back({name, value});
}

void ExplicitBackprop::compute_terms(const Tensor& target) {
  const Penalties& p = model_.penalties;
  const Real m = Real(target.rows());
  terms_.clear();

  compute_example_losses(target);
  const Real reconstruction =
      sum_over<Real>(target.rows(), [this](std::size_t i) { return example_losses[i]; });
  add_term("reconstruction", reconstruction / m);

  if (p.beta > 0) {
    Real kl = 0;
    for (Real rho_hat_j : rho_hat.values) {
      kl += p.rho * std::log(p.rho / rho_hat_j) +
            (1 - p.rho) * std::log((1 - p.rho) / (1 - rho_hat_j));
    }
    add_term("sparsity", p.beta * kl);
  }
  if (p.l1 > 0) {
    const Tensor& h = code_layer().a;
    const Real sum = sum_over<Real>(h.size(), [&h](std::size_t i) { return std::abs(h[i]); });
    add_term("l1", p.l1 * sum / m);
  }
  if (p.decay > 0) {
    Real squared_norms = 0;
    for (const ExplicitLayer& layer : layers) {
      if (layer.transposed) continue;  // tied weights are one parameter: counted once
      const Tensor& W = layer.W->value;
      squared_norms += sum_over<Real>(W.size(), [&W](std::size_t i) { return W[i] * W[i]; });
    }
    add_term("weight_decay", p.decay / 2 * squared_norms);
  }
}

// Σ over the features of one example: ½ (r − x)², or −x log r − (1 − x) log(1 − r) = softplus(z) −
// x z.
void ExplicitBackprop::compute_example_losses(const Tensor& target) {
  const ExplicitLayer& output = layers.back();
  const std::size_t features = target.cols();
  reshape_to(example_losses, {target.rows()});
  if (model_.loss == Loss::bce) reshape_to(softplus_z, target.shape);
  for_ranges(workers, target.rows(), rows_worth_a_thread(features),
             [&](std::size_t begin, std::size_t end) {
               for (std::size_t i = begin; i < end; ++i) {
                 const Real *x = target.row(i), *r = output.a.row(i), *z = output.z.row(i);
                 if (model_.loss == Loss::bce) {
                   Real* softplus_of_z = softplus_z.row(i);
                   vector_softplus({z, features}, {softplus_of_z, features});
                   example_losses[i] = sum_over<Real>(
                       features, [&](std::size_t j) { return softplus_of_z[j] - x[j] * z[j]; });
                 } else {
                   const Real squares = sum_over<Real>(
                       features, [&](std::size_t j) { return (r[j] - x[j]) * (r[j] - x[j]); });
                   example_losses[i] = squares / 2;
                 }
               }
             });
}

// ------------------------------------------------------------------------------- the backward pass

void ExplicitBackprop::backward(const Tensor& input, const Tensor& target,
                                const std::string& only) {
  output_delta(target, only);
  for (std::size_t k = layers.size() - 1; k >= 1; --k) hidden_delta(k, only);
  for (std::size_t k = 1; k <= layers.size(); ++k) weight_gradients(k, input, only);
}

// Equation (2). For half_mse at a sigmoid output this is (r − x) r (1 − r); with bce the factor r
// (1 − r) cancels.
void ExplicitBackprop::output_delta(const Tensor& target, const std::string& only) {
  ExplicitLayer& output = layers.back();
  reshape_to(output.delta, output.z.shape);
  if (!includes(only, "reconstruction")) return output.delta.fill(0);
  for_ranges(workers, target.size(), numbers_worth_a_thread,
             [&](std::size_t begin, std::size_t end) {
               for (std::size_t i = begin; i < end; ++i) output.delta[i] = output.a[i] - target[i];
             });
  note(Quantity::residual, layers.size(), output.delta);
  if (model_.loss == Loss::half_mse) {
    multiply_by_derivative(output.f, output.z, output.a, output.delta, workers);
  }
  note(Quantity::delta, layers.size(), output.delta);
}

// Equation (3): δᵏ = f′(zᵏ) ⊙ [ δᵏ⁺¹ (Wᵏ⁺¹)ᵀ + penalty ]
void ExplicitBackprop::hidden_delta(std::size_t k, const std::string& only) {
  ExplicitLayer& layer = layers[k - 1];
  const ExplicitLayer& above = layers[k];
  reshape_to(layer.delta, layer.z.shape);
  Tensor& bracket = layer.delta;  // becomes δᵏ once f′ is multiplied

  if (above.transposed) {
    matmul(above.delta, above.W->value, bracket, Store::overwrite, workers);
  } else {
    matmul_bt(above.delta, above.W->value, bracket, Store::overwrite, workers);
  }
  note(Quantity::backpropagated, k, bracket);
  if (k == code_) add_code_penalties(bracket, only);

  multiply_by_derivative(layer.f, layer.z, layer.a, bracket, workers);
  note(Quantity::delta, k, layer.delta);
}

// Equation (4). Every example gets the same sparsity_delta: ρ̂ is a property of the batch.
void ExplicitBackprop::add_code_penalties(Tensor& bracket, const std::string& only) {
  const Tensor& h = code_layer().a;
  const Real l1 = model_.penalties.l1;
  if (model_.penalties.beta > 0 && includes(only, "sparsity")) {
    for (std::size_t i = 0; i < bracket.rows(); ++i) {
      for (std::size_t j = 0; j < bracket.cols(); ++j) bracket(i, j) += sparsity_delta[j];
    }
  }
  if (l1 > 0 && includes(only, "l1")) {
    for (std::size_t i = 0; i < bracket.size(); ++i)
      bracket[i] += h[i] > 0 ? l1 : h[i] < 0 ? -l1 : Real(0);
    note(Quantity::with_l1, code_, bracket);
  }
  if (model_.keep_largest > 0) {  // nothing flows through units that were set to zero
    for (std::size_t i = 0; i < bracket.size(); ++i) bracket[i] *= kept_[i];
  }
  note(Quantity::bracket, code_, bracket);
}

// Equation (5). The gradients are added to what the parameters hold already.
void ExplicitBackprop::weight_gradients(std::size_t k, const Tensor& input,
                                        const std::string& only) {
  const ExplicitLayer& layer = layers[k - 1];
  const Tensor& a_before = k == 1 ? input : layers[k - 2].a;
  const Tensor& W = layer.W->value;
  Tensor& dW = layer.W->grad;
  Tensor& db = layer.b->grad;
  const Real one_over_m = 1 / Real(input.rows());

  // dW += (1/m) (aᵏ⁻¹)ᵀ δᵏ; where W is used transposed, the transpose of that
  if (layer.transposed) {
    matmul_at(layer.delta, a_before, dW, Store::add, workers, one_over_m);
  } else {
    matmul_at(a_before, layer.delta, dW, Store::add, workers, one_over_m);
  }
  note(Quantity::dW_share, k, dW);
  // db += (1/m) Σ_rows δᵏ
  add_row_sums(layer.delta, one_over_m, db, workers);
  note(Quantity::db, k, db);

  const Real lambda = model_.penalties.decay;
  if (lambda > 0 && includes(only, "weight_decay") && !layer.transposed) {
    for_ranges(workers, dW.size(), numbers_worth_a_thread, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) dW[i] += lambda * W[i];
    });
  }
  note(Quantity::dW, k, dW);
}

std::string ExplicitBackprop::explain_non_finite(const Batch& batch) {
  TapeBackprop tape(model_, workers);
  tape.gradients(batch);
  return tape.explain_non_finite(batch);
}

}  // namespace strata
