#pragma once

#include <string>
#include <vector>

#include "core/autodiff/ops.hpp"

namespace strata {

/// a = f(z), entry by entry. Slope 0.01 for leaky_relu, α = 1 for elu.
enum class Activation { linear, sigmoid, tanh, relu, leaky_relu, elu, softplus };

/// linear, sigmoid, tanh, relu, leaky_relu, elu, softplus.
const std::vector<std::string>& activation_names();
const std::string& activation_name(Activation f);
/// Throws Error for an unknown name, listing those there are.
Activation activation_named(const std::string& name);

/// f(z) on the tape. linear is z itself: no node is added.
Var activate(Activation f, Var z, Site site = Site::here());
/// f′(z) on the tape, given z and a = f(z): its own gradient is f″, so that a penalty on slopes can
/// be trained. A Var without a tape for linear, whose slope is 1 everywhere.
Var activation_slope(Activation f, Var z, Var a, Site site = Site::here());

/// f(z) of one number, and f′(z) given both z and a = f(z).
Real activation_value(Activation f, Real z);
Real activation_derivative(Activation f, Real z, Real a);

/// What explicit backprop uses, for whole tensors of one shape; large ones are cut among the
/// threads. Z ← Z + 1 b, A ← f(Z), for Z and A (m×d), b (d): a row at a time, while it is near.
/// sigmoid, tanh and softplus by core/vector_math: up to 2 ulp from activation_value.
void add_bias_and_activate(Activation f, const Tensor& b, Tensor& Z, Tensor& A,
                           Workers* workers = nullptr);
/// delta ← delta ⊙ f′(Z), given both Z and A = f(Z).
void multiply_by_derivative(Activation f, const Tensor& Z, const Tensor& A, Tensor& delta,
                            Workers* workers = nullptr);

/// Whether all values of f lie in (0, 1), or in (−1, 1): KL sparsity needs to know.
bool is_unit_range(Activation f);
bool is_symmetric_range(Activation f);

}  // namespace strata
