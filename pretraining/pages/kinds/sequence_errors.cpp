#include "pretraining/pages/kinds/sequence_errors.hpp"

#include <cmath>
#include <limits>
#include <map>

#include "core/data/sequences.hpp"

namespace strata::pages {
namespace {

double squared_error_of_step(const Tensor& X, const Tensor& R, std::size_t i, std::size_t t,
                             std::size_t d) {
  double error = 0;
  for (std::size_t j = t * d; j < (t + 1) * d; ++j)
    error += std::pow(double(X(i, j)) - double(R(i, j)), 2);
  return error;
}

}  // namespace

std::vector<std::size_t> lengths_for(const LstmAutoencoder& model, const Tensor& X) {
  if (model.options.variable_lengths) return sequence_lengths(X, model.options.step_features);
  return std::vector<std::size_t>(X.rows(), model.options.steps);
}

std::vector<double> error_of_steps(const Tensor& X, const Tensor& R,
                                   const std::vector<std::size_t>& lengths, std::size_t d) {
  std::vector<double> errors;
  for (std::size_t t = 0; t < X.cols() / d; ++t) {
    double sum = 0, count = 0;
    for (std::size_t i = 0; i < X.rows(); ++i) {
      if (t >= lengths[i]) continue;
      sum += squared_error_of_step(X, R, i, t, d);
      ++count;
    }
    errors.push_back(count > 0 ? sum / count : std::numeric_limits<double>::quiet_NaN());
  }
  return errors;
}

std::vector<ErrorOfLength> error_of_lengths(const Tensor& X, const Tensor& R,
                                            const std::vector<std::size_t>& lengths,
                                            std::size_t d) {
  std::map<std::size_t, ErrorOfLength> by_length;
  for (std::size_t i = 0; i < X.rows(); ++i) {
    if (lengths[i] == 0) continue;
    ErrorOfLength& one = by_length[lengths[i]];
    one.length = lengths[i];
    ++one.sequences;
    for (std::size_t t = 0; t < lengths[i]; ++t)
      one.error_per_step += squared_error_of_step(X, R, i, t, d);
  }
  std::vector<ErrorOfLength> all;
  for (auto& [length, one] : by_length) {
    one.error_per_step /= double(length * one.sequences);
    all.push_back(one);
  }
  return all;
}

}  // namespace strata::pages
