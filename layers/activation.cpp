#include "layers/activation.hpp"

#include <cmath>

#include "core/math/scalar_math.hpp"
#include "core/math/vector_math.hpp"

namespace strata {
namespace {

constexpr Real leaky_slope = Real(0.01);
constexpr Real elu_alpha = 1;

}  // namespace

const std::vector<std::string>& activation_names() {
  static const std::vector<std::string> names = {"linear",     "sigmoid", "tanh",    "relu",
                                                 "leaky_relu", "elu",     "softplus"};
  return names;
}

const std::string& activation_name(Activation f) {
  return activation_names()[std::size_t(f)];
}

Activation activation_named(const std::string& name) {
  const auto& names = activation_names();
  std::string known;
  for (std::size_t k = 0; k < names.size(); ++k) {
    if (names[k] == name) return Activation(k);
    known += (known.empty() ? "" : ", ") + names[k];
  }
  throw Error(text("activation: there is no '", name, "' (choose one of ", known, ")"));
}

Var activate(Activation f, Var z, Site site) {
  switch (f) {
    case Activation::linear:
      return z;
    case Activation::sigmoid:
      return sigmoid(z, site);
    case Activation::tanh:
      return tanh(z, site);
    case Activation::relu:
      return relu(z, site);
    case Activation::leaky_relu:
      return leaky_relu(z, leaky_slope, site);
    case Activation::elu:
      return elu(z, elu_alpha, site);
    case Activation::softplus:
      return softplus(z, site);
  }
  return z;
}

static Var one_minus(Var X, Site site) {
  return add_scalar(scale(X, -1, site), 1, site);
}

Var activation_slope(Activation f, Var z, Var a, Site site) {
  switch (f) {
    case Activation::linear:
      return {};
    case Activation::sigmoid:
      return mul(a, one_minus(a, site), site);
    case Activation::tanh:
      return one_minus(square(a, site), site);
    case Activation::relu:
      return step_slope(z, 0, site);
    case Activation::leaky_relu:
      return step_slope(z, leaky_slope, site);
    case Activation::elu:  // 1 where z > 0, else e^z = 1 + a, for α = 1: 1 − max(−a, 0)
      static_assert(elu_alpha == 1);
      return one_minus(relu(scale(a, -1, site), site), site);
    case Activation::softplus:
      return sigmoid(z, site);
  }
  return {};
}

Real activation_value(Activation f, Real z) {
  switch (f) {
    case Activation::linear:
      return z;
    case Activation::sigmoid:
      return sigmoid(z);
    case Activation::tanh:
      return std::tanh(z);
    case Activation::relu:
      return z <= 0 ? Real(0) : z;  // this way round NaN stays NaN
    case Activation::leaky_relu:
      return z > 0 ? z : leaky_slope * z;
    case Activation::elu:
      return z > 0 ? z : elu_alpha * std::expm1(z);
    case Activation::softplus:
      return softplus(z);
  }
  return z;
}

Real activation_derivative(Activation f, Real z, Real a) {
  switch (f) {
    case Activation::linear:
      return 1;
    case Activation::sigmoid:
      return a * (1 - a);
    case Activation::tanh:
      return 1 - a * a;
    case Activation::relu:
      return z > 0 ? Real(1) : Real(0);
    case Activation::leaky_relu:
      return z > 0 ? Real(1) : leaky_slope;
    case Activation::elu:
      return z > 0 ? Real(1) : a + elu_alpha;
    case Activation::softplus:
      return sigmoid(z);
  }
  return 1;
}

// ---- whole tensors

namespace {

void apply_to_range(Activation f, std::span<const Real> z, std::span<Real> a) {
  switch (f) {
    case Activation::sigmoid:
      return vector_sigmoid(z, a);
    case Activation::tanh:
      return vector_tanh(z, a);
    case Activation::softplus:
      return vector_softplus(z, a);
    default:
      for (std::size_t i = 0; i < z.size(); ++i) a[i] = activation_value(f, z[i]);
  }
}

// f is known when this is compiled: the loop asks for it once, not for every entry.
template <Activation f>
void multiply_range(const Real* z, const Real* a, Real* delta, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end; ++i) delta[i] *= activation_derivative(f, z[i], a[i]);
}

constexpr decltype(&multiply_range<Activation::linear>) multiply_range_by[] = {
    multiply_range<Activation::linear>,     multiply_range<Activation::sigmoid>,
    multiply_range<Activation::tanh>,       multiply_range<Activation::relu>,
    multiply_range<Activation::leaky_relu>, multiply_range<Activation::elu>,
    multiply_range<Activation::softplus>};
static_assert(std::size(multiply_range_by) == std::size_t(Activation::softplus) + 1,
              "one for each kind, in their order");

}  // namespace

void add_bias_and_activate(Activation f, const Tensor& b, Tensor& Z, Tensor& A, Workers* workers) {
  const std::size_t d = Z.cols();
  check(A.shape == Z.shape && b.size() == d, "add_bias_and_activate: Z is ", Z.shape, ", A is ",
        A.shape, " and b is ", b.shape, " (Z and A of one shape, b one number for each column)");
  for_ranges(workers, Z.rows(), rows_worth_a_thread(d), [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      Real* z = Z.row(i);
      for (std::size_t j = 0; j < d; ++j) z[j] += b[j];
      apply_to_range(f, {z, d}, {A.row(i), d});
    }
  });
}

void multiply_by_derivative(Activation f, const Tensor& Z, const Tensor& A, Tensor& delta,
                            Workers* workers) {
  check(Z.shape == A.shape && A.shape == delta.shape, "multiply_by_derivative: Z is ", Z.shape,
        ", A is ", A.shape, " and delta is ", delta.shape);
  if (f == Activation::linear) return;  // f′ = 1
  for_ranges(workers, Z.size(), numbers_worth_a_thread, [&](std::size_t begin, std::size_t end) {
    multiply_range_by[std::size_t(f)](Z.values.data(), A.values.data(), delta.values.data(), begin,
                                      end);
  });
}

bool is_unit_range(Activation f) {
  return f == Activation::sigmoid;
}
bool is_symmetric_range(Activation f) {
  return f == Activation::tanh;
}

}  // namespace strata
