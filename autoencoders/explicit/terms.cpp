// The values of the objective's terms, from the activations of a forward pass.

#include <cmath>

#include "autoencoders/explicit/backprop.hpp"
#include "core/math/vector_math.hpp"
#include "core/sums.hpp"

namespace strata {

void ExplicitBackprop::compute_terms(const Tensor& target) {
  const Penalties& p = model_.penalties;
  const std::size_t m = target.rows(), features = target.cols();
  terms_.clear();

  reshape(example_losses, {m});
  if (model_.loss == Loss::bce) reshape(softplus_z, target.shape);
  for_ranges(workers, m, rows_worth_a_thread(features), [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) example_losses[i] = example_loss(i, target);
  });
  const double loss = sum_over<double>(m, [this](std::size_t i) { return example_losses[i]; });
  terms_.push_back({"reconstruction", loss / double(m)});

  if (p.beta > 0) {
    const double rho = double(p.rho);
    double kl = 0;
    for (double rho_hat_j : rho_hat.values)
      kl += rho * std::log(rho / rho_hat_j) + (1 - rho) * std::log((1 - rho) / (1 - rho_hat_j));
    terms_.push_back({"sparsity", double(p.beta) * kl});
  }
  if (p.l1 > 0) {
    const Tensor& h = layers[code_ - 1].a;
    const double sum = sum_over<double>(h.size(), [&h](std::size_t i) { return std::abs(h[i]); });
    terms_.push_back({"l1", double(p.l1) * sum / double(m)});
  }
  if (p.decay > 0) {
    Real squared_norms = 0;
    for (const ExplicitLayer& layer : layers) {
      if (layer.transposed) continue;  // tied weights are one parameter: counted once
      const Tensor& W = layer.W->value;
      squared_norms += sum_over<Real>(W.size(), [&W](std::size_t i) { return W[i] * W[i]; });
    }
    terms_.push_back({"weight_decay", p.decay / 2 * squared_norms});
  }
  computed_at.terms = Site::here();
}

// Σ over the features of one example: ½ (r − x)², or
// −x log r − (1 − x) log(1 − r) = softplus(z) − x z
Real ExplicitBackprop::example_loss(std::size_t i, const Tensor& target) {
  const ExplicitLayer& output = layers.back();
  const std::size_t features = target.cols();
  const Real *x = target.row(i), *r = output.a.row(i), *z = output.z.row(i);
  if (model_.loss == Loss::half_mse) {
    return sum_over<Real>(features, [=](std::size_t j) { return (r[j] - x[j]) * (r[j] - x[j]); }) /
           2;
  }
  Real* softplus = softplus_z.row(i);
  vector_softplus({z, features}, {softplus, features});
  return sum_over<Real>(features, [=](std::size_t j) { return softplus[j] - x[j] * z[j]; });
}

ActiveTerms ActiveTerms::only(const std::string& term) {
  ActiveTerms one{.reconstruction = term == "reconstruction",
                  .sparsity = term == "sparsity",
                  .l1 = term == "l1",
                  .weight_decay = term == "weight_decay"};
  check(one.reconstruction || one.sparsity || one.l1 || one.weight_decay,
        "explicit backprop: there is no term '", term,
        "' (reconstruction, sparsity, l1, weight_decay)");
  return one;
}

}  // namespace strata
