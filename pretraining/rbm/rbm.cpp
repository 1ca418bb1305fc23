#include "pretraining/rbm/rbm.hpp"

#include <cmath>
#include <numbers>

#include "core/math/matmul.hpp"
#include "core/math/rows.hpp"
#include "core/math/scalar_math.hpp"
#include "core/math/vector_math.hpp"
#include "core/sums.hpp"
#include "layers/parameter_budget.hpp"

namespace strata {
namespace {

void check_width(const char* what, const Tensor& X, std::size_t width, const char* layer) {
  if (X.rank() == 2 && X.cols() == width) return;
  throw Error(text("rbm: ", what, " is ", X.shape, " but the machine has ", width, " ", layer,
                   " units (a column each)"));
}

void match_shape(Tensor& result, std::size_t rows, std::size_t cols) {
  if (result.shape != Shape{rows, cols}) result = Tensor({rows, cols});
}

// From the pre-activations Z to the means, in place.
void apply_units(Units units, Tensor& Z, Workers* workers) {
  if (units == Units::gaussian) return;
  for_ranges(workers, Z.size(), numbers_worth_a_thread, [&](std::size_t begin, std::size_t end) {
    const std::span<Real> z(Z.values.data() + begin, end - begin);
    vector_sigmoid(z, z);
  });
}

void draw(Units units, Tensor& means, Rng& rng, Workers* workers) {
  if (units == Units::gaussian) {
    draw_gaussian(means, means, rng);
  } else {
    draw_bernoulli(means, means, rng, workers);
  }
}

// What a layer adds to the energy by itself: −a·v, or ½ ‖v − a‖² of Gaussian units.
double own_energy(Units units, const Real* v, const Tensor& a) {
  if (units == Units::bernoulli)
    return -sum_over<double>(a.size(), [&](std::size_t i) { return double(a[i]) * double(v[i]); });
  return 0.5 * sum_over<double>(a.size(), [&](std::size_t i) {
           const double distance = double(v[i]) - double(a[i]);
           return distance * distance;
         });
}

// The log of Σ_h exp(b·h + x·h), or of the integral of exp(−½ ‖h − b‖² + x·h) over Gaussian units,
// for x = v W.
double log_sum_of_hidden(Units units, const Real* x, const Tensor& b) {
  if (units == Units::bernoulli)
    return sum_over<double>(
        b.size(), [&](std::size_t j) { return softplus_in_double(double(x[j]) + double(b[j])); });
  const double half_log_two_pi = 0.5 * std::log(2 * std::numbers::pi);
  return sum_over<double>(b.size(), [&](std::size_t j) {
    const double xj = x[j];
    return double(b[j]) * xj + 0.5 * xj * xj + half_log_two_pi;
  });
}

}  // namespace

Rbm::Rbm(const RbmOptions& o, Rng& rng)
    : visible_units(o.visible_units), hidden_units(o.hidden_units) {
  check(o.visible > 0 && o.hidden > 0, "rbm: ", o.visible, " visible and ", o.hidden,
        " hidden units (each layer needs one at least)");
  ParameterBudget::spend({o.visible, o.hidden});
  W = Parameter("rbm.0.W", normal_tensor({o.visible, o.hidden}, rng, o.weight_scale), true);
  a = Parameter("rbm.0.a", Tensor({o.visible}), false);
  b = Parameter("rbm.0.b", Tensor({o.hidden}), false);
}

void Rbm::hidden_mean(const Tensor& V, Tensor& P, Workers* workers) const {
  check_width("V", V, visible(), "visible");
  match_shape(P, V.rows(), hidden());
  matmul(V, W.value, P, Store::overwrite, workers);
  add_to_rows(P, b.value, workers);
  apply_units(hidden_units, P, workers);
}

void Rbm::visible_mean(const Tensor& H, Tensor& R, Workers* workers) const {
  check_width("H", H, hidden(), "hidden");
  match_shape(R, H.rows(), visible());
  matmul_bt(H, W.value, R, Store::overwrite, workers);
  add_to_rows(R, a.value, workers);
  apply_units(visible_units, R, workers);
}

Tensor Rbm::hidden_mean(const Tensor& V, Workers* workers) const {
  Tensor P;
  hidden_mean(V, P, workers);
  return P;
}

Tensor Rbm::visible_mean(const Tensor& H, Workers* workers) const {
  Tensor R;
  visible_mean(H, R, workers);
  return R;
}

void Rbm::draw_hidden(Tensor& means, Rng& rng, Workers* workers) const {
  draw(hidden_units, means, rng, workers);
}

void Rbm::draw_visible(Tensor& means, Rng& rng, Workers* workers) const {
  draw(visible_units, means, rng, workers);
}

Tensor Rbm::gibbs(const Tensor& V, std::size_t steps, Rng& rng, Workers* workers,
                  const Listeners& listeners) const {
  Tensor v = V, h;
  for (std::size_t step = 0; step < steps; ++step) {
    listeners.stop_if_asked();
    hidden_mean(v, h, workers);
    draw_hidden(h, rng, workers);
    visible_mean(h, v, workers);
    draw_visible(v, rng, workers);
  }
  return v;
}

std::vector<double> Rbm::free_energy(const Tensor& V, Workers* workers) const {
  check_width("V", V, visible(), "visible");
  Tensor X({V.rows(), hidden()});
  matmul(V, W.value, X, Store::overwrite, workers);
  std::vector<double> F(V.rows());
  for_ranges(workers, F.size(), rows_worth_a_thread(10 * hidden()),
             [&](std::size_t begin, std::size_t end) {
               for (std::size_t i = begin; i < end; ++i) {
                 const double own = own_energy(visible_units, V.row(i), a.value);
                 const double of_hidden = log_sum_of_hidden(hidden_units, X.row(i), b.value);
                 F[i] = own - of_hidden;
               }
             });
  return F;
}

std::vector<double> Rbm::energy(const Tensor& V, const Tensor& H) const {
  check_width("V", V, visible(), "visible");
  check_width("H", H, hidden(), "hidden");
  check(V.rows() == H.rows(), "rbm: V has ", V.rows(), " rows and H ", H.rows(),
        " (a row of each is one state)");
  const Tensor X = matmul(V, W.value);
  std::vector<double> E(V.rows());
  for (std::size_t i = 0; i < E.size(); ++i) {
    const double of_visible = own_energy(visible_units, V.row(i), a.value);
    const double of_hidden = own_energy(hidden_units, H.row(i), b.value);
    const double between = sum_over<double>(
        hidden(), [&](std::size_t j) { return double(X(i, j)) * double(H(i, j)); });
    E[i] = of_visible + of_hidden - between;
  }
  return E;
}

Tensor Rbm::reconstruct(const Tensor& V, Workers* workers) const {
  return visible_mean(hidden_mean(V, workers), workers);
}

DenseAutoencoder Rbm::as_autoencoder() const {
  const bool bits = visible_units == Units::bernoulli;
  DenseAutoencoder net;
  net.loss = bits ? Loss::bce : Loss::half_mse;
  net.encoder.resize(1);
  net.encoder[0].W = Parameter("", W.value, true);
  net.encoder[0].b = Parameter("", b.value, false);
  net.encoder[0].activation =
      hidden_units == Units::bernoulli ? Activation::sigmoid : Activation::linear;
  net.decoder.resize(1);
  net.decoder[0].W = Parameter("", transposed(W.value), true);
  net.decoder[0].b = Parameter("", a.value, false);
  net.decoder[0].activation = bits ? Activation::sigmoid : Activation::linear;
  net.name_parameters();
  net.check_consistent();
  return net;
}

Rbm Rbm::turned_over() const {
  Rbm other;
  other.W = Parameter(W.name, transposed(W.value), true);
  other.a = Parameter(a.name, b.value, false);
  other.b = Parameter(b.name, a.value, false);
  other.visible_units = hidden_units;
  other.hidden_units = visible_units;
  return other;
}

void Rbm::check_data(const Tensor& V) const {
  check_width("the data", V, visible(), "visible");
  if (visible_units == Units::gaussian) return;
  for (std::size_t i = 0; i < V.size(); ++i) {
    if (V[i] >= 0 && V[i] <= 1) continue;
    throw Error(text(
        "rbm: row ", i / V.cols(), ", column ", i % V.cols(), " is ", V[i],
        ", but Bernoulli visible units need numbers in [0, 1] (scale the data, --scale minmax or, "
        "for pictures, global; or take Gaussian visible units, --visible gaussian)"));
  }
}

Tensor biases_from_data(Units visible_units, const Tensor& X) {
  const Activation f = visible_units == Units::gaussian ? Activation::linear : Activation::sigmoid;
  return biases_at_means(f, column_means(X), X.rows());
}

}  // namespace strata
