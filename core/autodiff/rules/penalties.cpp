// Penalties on activations and weights. H are activations (m×h).

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/autodiff/rules/entries.hpp"
#include "core/math/rows.hpp"
#include "core/sums.hpp"

namespace strata {

// ------------------------------------------------------------------------------------- kl_sparsity
// S = Σ_j [ρ log(ρ/ρ̂_j) + (1 − ρ) log((1 − ρ)/(1 − ρ̂_j))]        settings: number = ρ, symmetric
// ρ̂_j = (1/m) Σ_i H_ij; for activations in (−1, 1), where `symmetric` is set, ρ̂_j = ((1/m) Σ_i H_ij
// + 1)/2
// dH_ij += dS (−ρ/ρ̂_j + (1 − ρ)/(1 − ρ̂_j)) ∂ρ̂_j/∂H_ij,             ∂ρ̂_j/∂H_ij = 1/m, or 1/(2m)
// The mean is taken over the whole batch: every example's gradient depends on all the others.
// saved: ρ̂ (h)
//
// Here the 1/m stands in the rule, because dH is the gradient of the whole objective. A lecture's
// per-example δ = m ∂L/∂z has it taken out: see autoencoders/explicit/backprop.

static void kl_sparsity_forward(Tape& tape, Node& node) {
  const Tensor& H = tape.input_value(node, 0);
  const double rho = double(node.settings.number);
  if (node.saved.empty()) node.saved.emplace_back(Shape({H.cols()}));
  Tensor& rho_hat = node.saved[0];
  for_column_sums(H.rows(), H.cols(), tape.workers, entries_of(H), [&](std::size_t j, double sum) {
    const double mean = sum / double(H.rows());
    rho_hat[j] = Real(node.settings.symmetric ? (mean + 1) / 2 : mean);
  });
  double total = 0;
  for (std::size_t j = 0; j < H.cols(); ++j) {
    const double rho_hat_j = double(rho_hat[j]);
    total += rho * std::log(rho / rho_hat_j) + (1 - rho) * std::log((1 - rho) / (1 - rho_hat_j));
  }
  node.value[0] = Real(total);
}

static void kl_sparsity_backward(Tape& tape, Node& node) {
  const Tensor& rho_hat = node.saved[0];
  const Real rho = node.settings.number;
  const Real dS = node.grad[0];
  Tensor& dH = tape.input_grad(node, 0);
  const Real m = Real(dH.rows());
  const Real drho_hat_dh = node.settings.symmetric ? 1 / (2 * m) : 1 / m;
  for (std::size_t j = 0; j < dH.cols(); ++j) {
    const Real drho_hat = dS * (-rho / rho_hat[j] + (1 - rho) / (1 - rho_hat[j]));
    for (std::size_t i = 0; i < dH.rows(); ++i) dH(i, j) += drho_hat * drho_hat_dh;
  }
}

Var kl_sparsity(Var H, Real rho, bool symmetric, Site site) {
  check(H.shape().rank == 2, "kl_sparsity: needs activations (examples × units), not ", H.shape());
  check(rho > 0 && rho < 1, "kl_sparsity: rho is ", rho, ", but must lie in (0, 1)");
  return H.tape->record(kl_sparsity_op, {H}, {1}, {.number = rho, .symmetric = symmetric}, site);
}

const Op kl_sparsity_op = {
    .name = "kl_sparsity",
    .formula = "S = Σ_j [ρ log(ρ/ρ̂_j) + (1 − ρ) log((1 − ρ)/(1 − ρ̂_j))], ρ̂_j = (1/m) Σ_i H_ij",
    .gradients = {"dH_ij += dS (−ρ/ρ̂_j + (1 − ρ)/(1 − ρ̂_j))/m"},
    .saved = {"ρ̂"},
    .forward = kl_sparsity_forward,
    .backward = kl_sparsity_backward};

// -------------------------------------------------------------------------------------- l1_of_code
// S = (1/m) Σ |H|
// dH += dS sign(H)/m; at the kink H = 0 the gradient is taken as 0

static void l1_of_code_forward(Tape& tape, Node& node) {
  const Tensor& H = tape.input_value(node, 0);
  const double total = sum_over<double>(H.size(), [&H](std::size_t i) { return std::abs(H[i]); });
  node.value[0] = Real(total / double(H.rows()));
}

static void l1_of_code_backward(Tape& tape, Node& node) {
  const Tensor& H = tape.input_value(node, 0);
  const Real dS_over_m = node.grad[0] / Real(H.rows());
  Tensor& dH = tape.input_grad(node, 0);
  for (std::size_t i = 0; i < H.size(); ++i)
    dH[i] += H[i] > 0 ? dS_over_m : H[i] < 0 ? -dS_over_m : Real(0);
}

Var l1_of_code(Var H, Site site) {
  check(H.shape().rank == 2, "l1_of_code: needs activations (examples × units), not ", H.shape());
  return H.tape->record(l1_of_code_op, {H}, {1}, {}, site);
}

const Op l1_of_code_op = {.name = "l1_of_code",
                          .formula = "S = (1/m) Σ |H|",
                          .gradients = {"dH += dS sign(H)/m"},
                          .forward = l1_of_code_forward,
                          .backward = l1_of_code_backward,
                          .branch = signs_of_input};

// ------------------------------------------------------------------------------- half_squared_norm
// S = ½ Σ W²
// dW += dS W

static void half_squared_norm_forward(Tape& tape, Node& node) {
  const Tensor& W = tape.input_value(node, 0);
  const Real total = sum_over<Real>(W.size(), [&W](std::size_t i) { return W[i] * W[i]; });
  node.value[0] = total / 2;
}

static void half_squared_norm_backward(Tape& tape, Node& node) {
  const Tensor& W = tape.input_value(node, 0);
  const Real dS = node.grad[0];
  Tensor& dW = tape.input_grad(node, 0);
  for (std::size_t i = 0; i < W.size(); ++i) dW[i] += dS * W[i];
}

Var half_squared_norm(Var W, Site site) {
  return W.tape->record(half_squared_norm_op, {W}, {1}, {}, site);
}

const Op half_squared_norm_op = {.name = "half_squared_norm",
                                 .formula = "S = ½ Σ W²",
                                 .gradients = {"dW += dS W"},
                                 .forward = half_squared_norm_forward,
                                 .backward = half_squared_norm_backward};

// ------------------------------------------------------------------------------------ keep_largest
// Y_ij = H_ij where H_ij is among the k largest of row i, else 0            settings: count = k
// dH_ij += dY_ij where it was kept            saved: the mask of kept entries (m×h)

void largest_of_each_row(const Tensor& H, std::size_t count, Tensor& kept) {
  check(kept.shape == H.shape, "largest_of_each_row: H is ", H.shape, " but kept is ", kept.shape);
  check(count >= 1 && count <= H.cols(), "largest_of_each_row: ", count, " of ", H.cols(),
        " are to be kept");
  // Kept from call to call: training allocates nothing
  thread_local std::vector<std::size_t> order;
  order.resize(H.cols());
  kept.fill(0);
  for (std::size_t i = 0; i < H.rows(); ++i) {
    std::iota(order.begin(), order.end(), 0);
    const Real* h = H.row(i);
    const auto comes_first = [h](std::size_t a, std::size_t b) {
      // NaN is kept, and so is seen later
      if (std::isnan(h[a]) != std::isnan(h[b])) return std::isnan(h[a]);
      return h[a] > h[b] || (!(h[b] > h[a]) && a < b);
    };
    std::nth_element(order.begin(), order.begin() + std::ptrdiff_t(count) - 1, order.end(),
                     comes_first);
    for (std::size_t k = 0; k < count; ++k) kept(i, order[k]) = 1;
  }
}

static void keep_largest_forward(Tape& tape, Node& node) {
  const Tensor& H = tape.input_value(node, 0);
  Tensor& Y = node.value;
  if (node.saved.empty()) node.saved.emplace_back(H.shape);
  Tensor& kept = node.saved[0];
  largest_of_each_row(H, node.settings.count, kept);
  for (std::size_t i = 0; i < H.size(); ++i) Y[i] = kept[i] * H[i];
}

static void keep_largest_backward(Tape& tape, Node& node) {
  const Tensor& kept = node.saved[0];
  const Tensor& dY = node.grad;
  Tensor& dH = tape.input_grad(node, 0);
  for (std::size_t i = 0; i < dH.size(); ++i) dH[i] += kept[i] * dY[i];
}

static std::uint64_t which_are_kept(Tape&, const Node& node) {
  return mix_branches(node.saved[0]);
}

Var keep_largest(Var H, std::size_t count, Site site) {
  check(H.shape().rank == 2, "keep_largest: needs activations (examples × units), not ", H.shape());
  check(count >= 1 && count <= H.shape()[1], "keep_largest: ", count, " of ", H.shape()[1],
        " units are to be kept (choose 1 to ", H.shape()[1], ")");
  return H.tape->record(keep_largest_op, {H}, H.shape(), {.count = count}, site);
}

const Op keep_largest_op = {.name = "keep_largest",
                            .formula = "Y = H where “H is among the k largest of its row”, else 0",
                            .gradients = {"dH += dY where “kept”"},
                            .saved = {"1 where kept"},
                            .forward = keep_largest_forward,
                            .backward = keep_largest_backward,
                            .branch = which_are_kept};

}  // namespace strata
