// Annealed importance sampling (likelihood.hpp).

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "core/math/scalar_math.hpp"
#include "pretraining/rbm/likelihood.hpp"

namespace strata {
namespace {

// The machine at β: `target` with its weights and hidden biases times β, the visible biases on the
// way from `base`.
void anneal(const Rbm& target, const Tensor& base, double beta, Rbm& machine) {
  const Real hot = Real(1 - beta), cold = Real(beta);
  for (std::size_t k = 0; k < target.W.value.size(); ++k)
    machine.W.value[k] = cold * target.W.value[k];
  for (std::size_t i = 0; i < base.size(); ++i)
    machine.a.value[i] = hot * base[i] + cold * target.a.value[i];
  for (std::size_t j = 0; j < target.hidden(); ++j) machine.b.value[j] = cold * target.b.value[j];
}

// log Σ_v exp(a·v) of Bernoulli units, or the integral of exp(−½ ‖v − a‖²) over Gaussian ones.
double log_Z_of_layer(Units units, const Tensor& a) {
  double sum = 0;
  for (Real bias : a.values) {
    sum +=
        units == Units::gaussian ? 0.5 * std::log(2 * std::numbers::pi) : softplus_in_double(bias);
  }
  return sum;
}

// From the weights' logarithms: their mean and its standard error, relative to the largest weight.
AisEstimate estimate_from(const std::vector<double>& log_weights, double log_Z_of_base) {
  const double largest = *std::max_element(log_weights.begin(), log_weights.end());
  const double n = double(log_weights.size());
  double mean = 0, squares = 0;
  for (double log_w : log_weights) mean += std::exp(log_w - largest) / n;
  for (double log_w : log_weights) squares += std::pow(std::exp(log_w - largest) - mean, 2);
  const double error_of_mean =
      n > 1 ? std::sqrt(squares / (n - 1) / n) : std::numeric_limits<double>::infinity();

  const double log_scale = log_Z_of_base + largest;
  AisEstimate estimate;
  estimate.log_Z = log_scale + std::log(mean);
  estimate.standard_error = error_of_mean / mean;
  estimate.low = log_scale + std::log(std::max(mean - 3 * error_of_mean, 0.0));
  estimate.high = log_scale + std::log(mean + 3 * error_of_mean);
  return estimate;
}

}  // namespace

AisEstimate estimate_log_Z(const Rbm& rbm, const Tensor& base, Rng& rng, const AisOptions& options,
                           Workers* workers, const Listeners& listeners) {
  check(options.chains > 0 && options.temperatures > 0, "ais: ", options.chains, " chains and ",
        options.temperatures, " temperatures (one of each at least)");
  check(base.size() == rbm.visible(), "ais: ", base.size(), " biases of the base for ",
        rbm.visible(), " visible units");
  Rbm machine = rbm;
  anneal(rbm, base, 0, machine);
  const double log_Z_of_base = log_Z_of_layer(machine.visible_units, machine.a.value) +
                               log_Z_of_layer(machine.hidden_units, machine.b.value);
  // At β = 0 nothing ties the layers: the first step is an exact draw.
  Tensor V = machine.gibbs(Tensor({options.chains, rbm.visible()}), 1, rng, workers);
  std::vector<double> log_weights(options.chains);
  for (std::size_t k = 1; k <= options.temperatures; ++k) {
    listeners.stop_if_asked();
    const std::vector<double> F_before = machine.free_energy(V, workers);
    anneal(rbm, base, double(k) / double(options.temperatures), machine);
    const std::vector<double> F_now = machine.free_energy(V, workers);
    for (std::size_t c = 0; c < log_weights.size(); ++c) log_weights[c] += F_before[c] - F_now[c];
    if (k < options.temperatures) V = machine.gibbs(V, 1, rng, workers);
  }
  return estimate_from(log_weights, log_Z_of_base);
}

}  // namespace strata
