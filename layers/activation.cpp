#include "layers/activation.hpp"

#include <cmath>

#include "core/math/scalar_math.hpp"
#include "core/math/vector_math.hpp"

namespace strata {
namespace {

Var one_minus(Var X, Site site) {
  return add_scalar(scale(X, -1, site), 1, site);
}

// ---------------------------------------------------------------- a = z,  f′ = 1

constexpr ActivationRule linear_rule = {.name = "linear",
                                        .record = [](Var z, Site) { return z; },
                                        .record_slope = [](Var, Var, Site) { return Var{}; },
                                        .values = values_of<[](Real z) { return z; }>,
                                        .times_slopes = [](auto, auto, auto) {}};

// ---------------------------------------------------------------- a = σ(z),  f′ = a (1 − a)

constexpr ActivationRule sigmoid_rule = {
    .name = "sigmoid",
    .range = Range::unit,
    .record = sigmoid,
    .record_slope = [](Var, Var a, Site site) { return mul(a, one_minus(a, site), site); },
    .values = vector_sigmoid,
    .times_slopes = times_slopes_of<[](Real, Real a) { return a * (1 - a); }>};

// ---------------------------------------------------------------- a = tanh z,  f′ = 1 − a²

constexpr ActivationRule tanh_rule = {
    .name = "tanh",
    .range = Range::symmetric,
    .record = tanh,
    .record_slope = [](Var, Var a, Site site) { return one_minus(square(a, site), site); },
    .values = vector_tanh,
    .times_slopes = times_slopes_of<[](Real, Real a) { return 1 - a * a; }>};

// ---------------------------------------------------------------- a = max(z, 0),  f′ = [z > 0]

constexpr ActivationRule relu_rule = {
    .name = "relu",
    .record = relu,
    .record_slope = [](Var z, Var, Site site) { return step_slope(z, 0, site); },
    // This way round NaN stays NaN
    .values = values_of<[](Real z) { return z <= 0 ? Real(0) : z; }>,
    .times_slopes = times_slopes_of<[](Real z, Real) { return 0 < z ? Real(1) : Real(0); }>};

// ---------------------------------------------------------------- a = z where z > 0, else s z

constexpr Real leaky_slope = Real(0.01);

constexpr ActivationRule leaky_relu_rule = {
    .name = "leaky_relu",
    .record = [](Var z, Site site) { return leaky_relu(z, leaky_slope, site); },
    .record_slope = [](Var z, Var, Site site) { return step_slope(z, leaky_slope, site); },
    .values = values_of<[](Real z) { return 0 < z ? z : leaky_slope * z; }>,
    .times_slopes = times_slopes_of<[](Real z, Real) { return 0 < z ? Real(1) : leaky_slope; }>};

// ---------------------------------------------------------------- a = z where z > 0, else e^z − 1
// f′ = 1 where z > 0, else e^z = 1 + a; on the tape 1 − max(−a, 0)

constexpr ActivationRule elu_rule = {
    .name = "elu",
    .record = [](Var z, Site site) { return elu(z, 1, site); },
    .record_slope = [](Var, Var a,
                       Site site) { return one_minus(relu(scale(a, -1, site), site), site); },
    .values = values_of<[](Real z) { return 0 < z ? z : std::expm1(z); }>,
    .times_slopes = times_slopes_of<[](Real z, Real a) { return 0 < z ? Real(1) : a + 1; }>};

// ---------------------------------------------------------------- a = log(1 + e^z),  f′ = σ(z)

constexpr ActivationRule softplus_rule = {
    .name = "softplus",
    .record = softplus,
    .record_slope = [](Var z, Var, Site site) { return sigmoid(z, site); },
    .values = vector_softplus,
    .times_slopes = times_slopes_of<[](Real z, Real) { return sigmoid(z); }>};

}  // namespace

constinit const Activation Activation::linear = linear_rule, Activation::sigmoid = sigmoid_rule,
                           Activation::tanh = tanh_rule, Activation::relu = relu_rule,
                           Activation::leaky_relu = leaky_relu_rule, Activation::elu = elu_rule,
                           Activation::softplus = softplus_rule;

static const Activation built_in[] = {Activation::linear,  Activation::sigmoid,    Activation::tanh,
                                      Activation::relu,    Activation::leaky_relu, Activation::elu,
                                      Activation::softplus};

std::vector<std::string> activation_names() {
  std::vector<std::string> names;
  for (const Activation f : built_in) names.push_back(activation_name(f));
  return names;
}

std::string activation_name(Activation f) {
  return f.rule().name;
}

Activation activation_named(const std::string& name, const std::vector<Activation>& own) {
  for (const Activation f : own) {
    if (name == f.rule().name) return f;
  }
  std::string known;
  for (const Activation f : built_in) {
    if (name == f.rule().name) return f;
    known += text(known.empty() ? "" : ", ", f.rule().name);
  }
  throw Error(text("activation: there is no '", name, "' (choose one of ", known,
                   ", or give load_model the row of the program's own)"));
}

Var activate(Activation f, Var z, Site site) {
  return f.rule().record(z, site);
}

Var activation_slope(Activation f, Var z, Var a, Site site) {
  check(f.rule().record_slope != nullptr, "activation: the row of ", f.rule().name,
        " has no record_slope, which a penalty on slopes needs");
  return f.rule().record_slope(z, a, site);
}

// ---- whole tensors

void add_bias_and_activate(Activation f, const Tensor& b, Tensor& Z, Tensor& A, Workers* workers) {
  const std::size_t d = Z.cols();
  check(A.shape == Z.shape && b.size() == d, "add_bias_and_activate: Z is ", Z.shape, ", A is ",
        A.shape, " and b is ", b.shape, " (Z and A of one shape, b one number for each column)");
  for_ranges(workers, Z.rows(), rows_worth_a_thread(d), [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      Real* z = Z.row(i);
      for (std::size_t j = 0; j < d; ++j) z[j] += b[j];
      f.rule().values({z, d}, {A.row(i), d});
    }
  });
}

void multiply_by_derivative(Activation f, const Tensor& Z, const Tensor& A, Tensor& delta,
                            Workers* workers) {
  check(Z.shape == A.shape && A.shape == delta.shape, "multiply_by_derivative: Z is ", Z.shape,
        ", A is ", A.shape, " and delta is ", delta.shape);
  if (f == Activation::linear) return;  // f′ = 1
  for_ranges(workers, Z.size(), numbers_worth_a_thread, [&](std::size_t begin, std::size_t end) {
    const std::size_t count = end - begin;
    f.rule().times_slopes({Z.values.data() + begin, count}, {A.values.data() + begin, count},
                          {delta.values.data() + begin, count});
  });
}

Tensor biases_at_means(Activation f, const Tensor& means, std::size_t examples) {
  Tensor biases = means;
  if (f.rule().range == Range::unbounded) return biases;
  const double m = double(examples);
  for (Real& bias : biases.values) {
    const double mean = is_symmetric_range(f) ? (double(bias) + 1) / 2 : double(bias);
    const double p = (m * mean + 1) / (m + 2);
    bias = Real(std::log(p / (1 - p)) / (is_symmetric_range(f) ? 2 : 1));
  }
  return biases;
}

}  // namespace strata
