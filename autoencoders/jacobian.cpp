#include "autoencoders/jacobian.hpp"

#include <algorithm>
#include <cmath>

#include "core/gradcheck/keep_gradients.hpp"
#include "core/linalg/svd.hpp"

namespace strata {

Tensor jacobians(Autoencoder& model, const Tensor& X) {
  check(X.rank() == 2 && X.cols() == model.features(), "jacobians: the data is ", X.shape,
        " but the model has ", model.features(), " features");
  const KeepGradients kept(model.parameters());
  Tape tape;
  const Var x = tape.variable(X);
  const Var H = model.record_encode(tape, x, Mode::evaluation);
  const std::size_t m = X.rows(), d = X.cols(), units = H.shape()[1];
  Tensor J({m, units, d});
  for (std::size_t j = 0; j < units; ++j) {
    Tensor of_unit_j(H.shape());  // ∂(Σ_i h_ij)/∂x: row i is ∂h_ij/∂x_i
    for (std::size_t i = 0; i < m; ++i) of_unit_j(i, j) = 1;
    tape.backward(H, of_unit_j);
    for (std::size_t i = 0; i < m; ++i) std::copy_n(x.grad().row(i), d, J.row(i) + j * d);
  }
  return J;
}

Tensor jacobian(Autoencoder& model, const Tensor& x) {
  check(x.rank() == 2 && x.rows() == 1, "jacobian: needs one example (1×features), not ", x.shape);
  return jacobians(model, x).reshaped({model.code_size(), model.features()});
}

double mean_squared_frobenius_norm(Autoencoder& model, const Tensor& X) {
  constexpr std::size_t rows_at_once = 50;  // the Jacobians of many rows need a lot of memory
  double total = 0;
  for (std::size_t begin = 0; begin < X.rows(); begin += rows_at_once) {
    const Tensor piece = slice_rows(X, begin, std::min(begin + rows_at_once, X.rows()));
    for (Real entry : jacobians(model, piece).values) total += double(entry) * double(entry);
  }
  return total / double(X.rows());
}

double total_variance(const Tensor& X) {
  const double m = double(X.rows());
  double total = 0;
  for (std::size_t k = 0; k < X.cols(); ++k) {
    // Counted from here a constant has no variance at all, rounding or not
    const double first = double(X(0, k));
    double sum = 0, squares = 0;
    for (std::size_t i = 0; i < X.rows(); ++i) sum += double(X(i, k)) - first;
    for (std::size_t i = 0; i < X.rows(); ++i) {
      const double distance = double(X(i, k)) - first - sum / m;
      squares += distance * distance;
    }
    total += squares / m;
  }
  return total;
}

std::optional<double> relative_contraction(double contraction, const Tensor& X, const Tensor& H) {
  const double of_codes = total_variance(H);
  if (of_codes == 0) return std::nullopt;
  return contraction * total_variance(X) / double(X.cols()) / of_codes;
}

double mean_squared_change_of_jacobian(Autoencoder& model, const Tensor& X, double deviation,
                                       Rng& rng) {
  const Tensor epsilon = normal_tensor(X.shape, rng, deviation);
  Tensor moved = X;
  for (std::size_t i = 0; i < X.size(); ++i) moved[i] += epsilon[i];
  const Tensor J = jacobians(model, X), J_moved = jacobians(model, moved);
  double total = 0;
  for (std::size_t i = 0; i < J.size(); ++i)
    total += std::pow(double(J_moved[i]) - double(J[i]), 2);
  return total / double(X.rows());
}

std::vector<double> mean_singular_values(Autoencoder& model, const Tensor& X) {
  const Tensor all = jacobians(model, X);
  const std::size_t units = model.code_size(), d = model.features();
  std::vector<double> means(std::min(units, d), 0.0);
  for (std::size_t i = 0; i < X.rows(); ++i) {
    const Tensor J({units, d}, std::vector<Real>(all.row(i), all.row(i) + units * d));
    const std::vector<double> values = svd(J).singular_values;
    for (std::size_t r = 0; r < means.size(); ++r) means[r] += values[r] / double(X.rows());
  }
  return means;
}

double contraction_ratio(Autoencoder& model, const Tensor& X, double distance, Rng& rng) {
  check(distance > 0 && std::isfinite(distance), "contraction_ratio: the distance is ", distance,
        ", it must be above 0");
  const Tensor directions = normal_tensor(X.shape, rng);
  Tensor moved = X;
  for (std::size_t i = 0; i < X.rows(); ++i) {
    double squares = 0;
    for (std::size_t k = 0; k < X.cols(); ++k)
      squares += double(directions(i, k)) * double(directions(i, k));
    const double factor = distance / std::sqrt(squares);
    for (std::size_t k = 0; k < X.cols(); ++k)
      moved(i, k) += Real(factor * double(directions(i, k)));
  }
  const Tensor H = model.encode(X), H_moved = model.encode(moved);
  double total = 0;
  for (std::size_t i = 0; i < X.rows(); ++i) {
    total += std::sqrt(squared_distance(slice_rows(H_moved, i, i + 1), slice_rows(H, i, i + 1))) /
             distance;
  }
  return total / double(X.rows());
}

}  // namespace strata
