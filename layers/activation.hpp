#pragma once
// Activation functions a = f(z), entry by entry. Each is a row of a table. A program adds one of
// its own by writing such a row, and then uses it wherever an Activation is asked for
// (docs/guide/own-activation.md):
//
//   const ActivationRule swish_rule = {.name = "swish", .record = swish, …};
//   DenseAutoencoder model({.sizes = {64, 20}, .code = swish_rule}, rng);

#include <span>
#include <string>
#include <vector>

#include "core/autodiff/ops.hpp"

namespace strata {

/// Where the values of an activation lie: anywhere, in (0, 1), or in (−1, 1).
enum class Range { unbounded, unit, symmetric };

struct ActivationRule {
  const char* name;  // in files and options; also of the operation that `record` records
  Range range = Range::unbounded;
  /// a = f(z) on the tape.
  Var (*record)(Var z, Site site);
  /// f′(z) on the tape, for penalties on slopes. May be null: then there are no such penalties.
  Var (*record_slope)(Var z, Var a, Site site) = nullptr;
  /// For the delta rule written by hand: a = f(z), and delta ← delta ⊙ f′(z), given both z and a.
  void (*values)(std::span<const Real> z, std::span<Real> a);
  void (*times_slopes)(std::span<const Real> z, std::span<const Real> a, std::span<Real> delta);
};

/// `values` and `times_slopes` of a row, from functions of one number. The compiler knows f, so
/// that the loop does not ask for it at every entry.
template <Real (*f)(Real z)>
void values_of(std::span<const Real> z, std::span<Real> a) {
  for (std::size_t i = 0; i < z.size(); ++i) a[i] = f(z[i]);
}
template <Real (*slope)(Real z, Real a)>
void times_slopes_of(std::span<const Real> z, std::span<const Real> a, std::span<Real> delta) {
  for (std::size_t i = 0; i < z.size(); ++i) delta[i] *= slope(z[i], a[i]);
}

/// The choice of a row. Those below are built in: leaky_relu has the slope 0.01, elu α = 1.
class Activation {
 public:
  /// The row must outlive every use of it: it is best a constant of the program.
  constexpr Activation(const ActivationRule& rule) : rule_(&rule) {}
  Activation(const ActivationRule&&) = delete;
  const ActivationRule& rule() const { return *rule_; }
  bool operator==(const Activation&) const = default;

  static const Activation linear, sigmoid, tanh, relu, leaky_relu, elu, softplus;

 private:
  const ActivationRule* rule_;
};

/// Those that are built in: linear, sigmoid, tanh, relu, leaky_relu, elu, softplus.
std::vector<std::string> activation_names();
std::string activation_name(Activation f);
/// One of a program's own, or one that is built in. Throws Error for an unknown name, listing those
/// there are.
Activation activation_named(const std::string& name, const std::vector<Activation>& own = {});

/// f(z) on the tape. linear is z itself: no node is added.
Var activate(Activation f, Var z, Site site = Site::here());
/// f′(z) on the tape, given z and a = f(z): its own gradient is f″, so that a penalty on slopes can
/// be trained. A Var without a tape for linear, whose slope is 1 everywhere. Throws Error where the
/// row has no slope.
Var activation_slope(Activation f, Var z, Var a, Site site = Site::here());

/// What explicit backprop uses, for whole tensors of one shape; large ones are cut among the
/// threads. Z ← Z + 1 b, A ← f(Z), for Z and A (m×d), b (d): a row at a time, while it is near.
/// sigmoid, tanh and softplus by core/vector_math, to 2 ulp.
void add_bias_and_activate(Activation f, const Tensor& b, Tensor& Z, Tensor& A,
                           Workers* workers = nullptr);
/// delta ← delta ⊙ f′(Z), given both Z and A = f(Z).
void multiply_by_derivative(Activation f, const Tensor& Z, const Tensor& A, Tensor& delta,
                            Workers* workers = nullptr);

/// Biases of output units at which they answer with the means of their columns: b where f(b) is the
/// mean, for sigmoid, tanh, linear and what is linear above 0. Means (d) of `examples` examples; as
/// if there were two more of them, at both ends of a bounded range, so that no bias is infinite.
Tensor biases_at_means(Activation f, const Tensor& means, std::size_t examples);

/// Whether all values of f lie in (0, 1), or in (−1, 1): KL sparsity needs to know.
inline bool is_unit_range(Activation f) {
  return f.rule().range == Range::unit;
}
inline bool is_symmetric_range(Activation f) {
  return f.rule().range == Range::symmetric;
}

}  // namespace strata
