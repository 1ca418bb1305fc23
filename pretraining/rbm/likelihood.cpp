#include "pretraining/rbm/likelihood.hpp"

#include <algorithm>
#include <cmath>

#include "core/math/matmul.hpp"
#include "core/math/rows.hpp"
#include "core/math/scalar_math.hpp"
#include "core/sums.hpp"

namespace strata {
namespace {

bool can_enumerate(Units units, std::size_t count) {
  return units == Units::bernoulli && count <= most_enumerated_units;
}

// Whether the hidden layer is the one to enumerate. Throws where neither can be.
bool enumerates_hidden(const Rbm& rbm) {
  const bool visible = can_enumerate(rbm.visible_units, rbm.visible());
  const bool hidden = can_enumerate(rbm.hidden_units, rbm.hidden());
  if (!has_exact_log_Z(rbm)) {
    throw Error(text("rbm: an exact log Z needs a Bernoulli layer of at most ",
                     most_enumerated_units, " units to enumerate, but the machine has ",
                     rbm.visible(), " ", unit_kinds.name(rbm.visible_units), " visible and ",
                     rbm.hidden(), " ", unit_kinds.name(rbm.hidden_units),
                     " hidden ones (estimate_log_Z estimates it)"));
  }
  return hidden && (!visible || rbm.hidden() < rbm.visible());
}

// States [first, first + rows) of `units` bits, a row each: bit i of the state's number is unit i.
void write_states(std::size_t first, Tensor& states) {
  for (std::size_t r = 0; r < states.rows(); ++r) {
    for (std::size_t i = 0; i < states.cols(); ++i) states(r, i) = Real((first + r) >> i & 1);
  }
}

// Calls use(states, their free energies) for all states of the visible layer of `machine`, some
// rows at a time.
template <class Use>
void for_all_states(const Rbm& machine, Workers* workers, const Use& use) {
  const std::size_t count = std::size_t(1) << machine.visible();
  Tensor states({std::min<std::size_t>(count, 1024), machine.visible()});
  for (std::size_t first = 0; first < count; first += states.rows()) {
    write_states(first, states);
    use(states, machine.free_energy(states, workers));
  }
}

double log_Z_over_visible(const Rbm& machine, Workers* workers) {
  std::vector<double> parts;
  for_all_states(machine, workers, [&](const Tensor&, std::vector<double> F) {
    for (double& f : F) f = -f;
    parts.push_back(log_sum_exp(F));
  });
  return log_sum_exp(parts);
}

RbmGradient zero_gradient(const Rbm& rbm) {
  return {Tensor(rbm.W.value.shape), Tensor(rbm.a.value.shape), Tensor(rbm.b.value.shape)};
}

// statistics += Σ_rows weight · (v hᵀ, v, h), with h = E[h | v].
void add_statistics(const Rbm& machine, const Tensor& V, const std::vector<double>& weights,
                    RbmGradient& statistics, Workers* workers) {
  const Tensor P = machine.hidden_mean(V, workers);
  Tensor weighted = V;
  for (std::size_t r = 0; r < V.rows(); ++r) {
    for (std::size_t i = 0; i < V.cols(); ++i) {
      weighted(r, i) *= Real(weights[r]);
      statistics.a[i] += weighted(r, i);
    }
    for (std::size_t j = 0; j < P.cols(); ++j) statistics.b[j] += Real(weights[r]) * P(r, j);
  }
  matmul_at(weighted, P, statistics.W, Store::add, workers);
}

RbmGradient model_statistics(const Rbm& machine, Workers* workers) {
  const double log_Z = log_Z_over_visible(machine, workers);
  RbmGradient statistics = zero_gradient(machine);
  for_all_states(machine, workers, [&](const Tensor& states, std::vector<double> F) {
    for (double& f : F) f = std::exp(-f - log_Z);  // the states' probabilities
    add_statistics(machine, states, F, statistics, workers);
  });
  return statistics;
}

void subtract(Tensor& from, const Tensor& what) {
  for (std::size_t i = 0; i < from.size(); ++i) from[i] -= what[i];
}

void check_has_bits(const Rbm& rbm, const Tensor& V) {
  check(
      rbm.visible_units == Units::bernoulli,
      "rbm: the pseudo-likelihood is written for Bernoulli visible units, and these are Gaussian");
  rbm.check_data(V);
  check(V.rows() > 0, "rbm: there are no rows to take the pseudo-likelihood of");
}

// log of what a hidden unit with z = b_j + (v W)_j contributes to exp(−F(v)), but for a constant.
double log_factor(Units hidden_units, double z) {
  return hidden_units == Units::gaussian ? 0.5 * z * z : softplus_in_double(z);
}

// log p(v_i | the rest of v), where z = b + v W. With Δ = F(v_i = 0) − F(v_i = 1) it is v_i Δ −
// softplus(Δ).
double log_conditional(const Rbm& rbm, const Real* v, const Real* z, std::size_t i) {
  const Real* w = rbm.W.value.row(i);
  double delta = rbm.a.value[i];
  delta += sum_over<double>(rbm.hidden(), [&](std::size_t j) {
    const double without = double(z[j]) - double(v[i]) * double(w[j]);
    return log_factor(rbm.hidden_units, without + double(w[j])) -
           log_factor(rbm.hidden_units, without);
  });
  return double(v[i]) * delta - softplus_in_double(delta);
}

// b + v W of each row.
Tensor hidden_inputs(const Rbm& rbm, const Tensor& V, Workers* workers) {
  Tensor Z({V.rows(), rbm.hidden()});
  matmul(V, rbm.W.value, Z, Store::overwrite, workers);
  add_to_rows(Z, rbm.b.value, workers);
  return Z;
}

}  // namespace

bool has_exact_log_Z(const Rbm& rbm) {
  return can_enumerate(rbm.visible_units, rbm.visible()) ||
         can_enumerate(rbm.hidden_units, rbm.hidden());
}

double exact_log_Z(const Rbm& rbm, Workers* workers) {
  return enumerates_hidden(rbm) ? log_Z_over_visible(rbm.turned_over(), workers)
                                : log_Z_over_visible(rbm, workers);
}

double mean_log_likelihood(const Rbm& rbm, const Tensor& V, double log_Z, Workers* workers) {
  check(V.rows() > 0, "rbm: there are no rows to take the log-likelihood of");
  double sum = 0;
  for (double F : rbm.free_energy(V, workers)) sum += -F - log_Z;
  return sum / double(V.rows());
}

RbmGradient exact_gradient(const Rbm& rbm, const Tensor& V, Workers* workers) {
  RbmGradient of_model;
  if (enumerates_hidden(rbm)) {
    RbmGradient turned = model_statistics(rbm.turned_over(), workers);
    of_model = {transposed(turned.W), std::move(turned.b), std::move(turned.a)};
  } else {
    of_model = model_statistics(rbm, workers);
  }
  RbmGradient gradient = zero_gradient(rbm);
  add_statistics(rbm, V, std::vector<double>(V.rows(), 1 / double(V.rows())), gradient, workers);
  subtract(gradient.W, of_model.W);
  subtract(gradient.a, of_model.a);
  subtract(gradient.b, of_model.b);
  return gradient;
}

double pseudo_log_likelihood(const Rbm& rbm, const Tensor& V, Workers* workers) {
  check_has_bits(rbm, V);
  const Tensor Z = hidden_inputs(rbm, V, workers);
  std::vector<double> of_row(V.rows());
  for_ranges(workers, V.rows(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end; ++r) {
      for (std::size_t i = 0; i < V.cols(); ++i)
        of_row[r] += log_conditional(rbm, V.row(r), Z.row(r), i);
    }
  });
  double sum = 0;
  for (double row : of_row) sum += row;
  return sum / double(V.rows());
}

double estimated_pseudo_log_likelihood(const Rbm& rbm, const Tensor& V, Rng& rng) {
  check_has_bits(rbm, V);
  const Tensor Z = hidden_inputs(rbm, V, nullptr);
  double sum = 0;
  for (std::size_t r = 0; r < V.rows(); ++r) {
    const std::size_t i = rng.below(V.cols());
    sum += double(V.cols()) * log_conditional(rbm, V.row(r), Z.row(r), i);
  }
  return sum / double(V.rows());
}

}  // namespace strata
