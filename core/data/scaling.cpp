#include "core/data/scaling.hpp"

#include <algorithm>
#include <cmath>

#include "core/check.hpp"

namespace strata {
namespace {

void check_columns(const char* operation, const Scaling& scaling, const Tensor& X) {
  const std::size_t d = scaling.shift.size();
  check(scaling.scale.size() == d, operation, ": ", d, " shifts but ", scaling.scale.size(),
        " scales");
  check(X.rank() == 2 && X.cols() == d, operation, ": X is ", X.shape, " but the scaling is for ",
        d, " columns");
}

// Of each column.
struct Extremes {
  Tensor low, high;
};

Extremes extremes(const char* operation, const Tensor& X) {
  check(X.rank() == 2 && X.rows() > 0, operation, ": needs a matrix with rows, got ", X.shape);
  Extremes found{Tensor({X.cols()}), Tensor({X.cols()})};
  for (std::size_t j = 0; j < X.cols(); ++j) found.low[j] = found.high[j] = X(0, j);
  for (std::size_t i = 1; i < X.rows(); ++i) {
    for (std::size_t j = 0; j < X.cols(); ++j) {
      found.low[j] = std::min(found.low[j], X(i, j));
      found.high[j] = std::max(found.high[j], X(i, j));
    }
  }
  return found;
}

}  // namespace

Tensor Scaling::apply(const Tensor& X) const {
  if (shift.empty() && scale.empty()) return X;
  check_columns("Scaling::apply", *this, X);
  Tensor scaled(X.shape);
  for (std::size_t i = 0; i < X.rows(); ++i) {
    for (std::size_t j = 0; j < X.cols(); ++j) scaled(i, j) = (X(i, j) - shift[j]) / scale[j];
  }
  return scaled;
}

Tensor Scaling::undo(const Tensor& X) const {
  if (shift.empty() && scale.empty()) return X;
  check_columns("Scaling::undo", *this, X);
  Tensor original(X.shape);
  for (std::size_t i = 0; i < X.rows(); ++i) {
    for (std::size_t j = 0; j < X.cols(); ++j) original(i, j) = X(i, j) * scale[j] + shift[j];
  }
  return original;
}

Scaling minmax_scaling(const Tensor& X) {
  const Extremes found = extremes("minmax_scaling", X);
  Scaling scaling{found.low, Tensor({X.cols()}, 1)};
  for (std::size_t j = 0; j < X.cols(); ++j) {
    if (found.high[j] > found.low[j]) scaling.scale[j] = found.high[j] - found.low[j];
    check(std::isfinite(scaling.scale[j]), "minmax_scaling: column ", j, " goes from ",
          found.low[j], " to ", found.high[j], ", which is too wide for numbers of type ",
          real_name);
  }
  return scaling;
}

Scaling standard_scaling(const Tensor& X) {
  const Extremes found = extremes("standard_scaling", X);
  Scaling scaling{column_means(X), Tensor({X.cols()}, 1)};
  for (std::size_t j = 0; j < X.cols(); ++j) {
    if (found.high[j] == found.low[j]) {
      // The mean of equal numbers may be off by a rounding error, and then their variance is not 0.
      scaling.shift[j] = found.low[j];
      continue;
    }
    double sum = 0;
    for (std::size_t i = 0; i < X.rows(); ++i) {
      const double difference = double(X(i, j)) - double(scaling.shift[j]);
      sum += difference * difference;
    }
    scaling.scale[j] = Real(std::sqrt(sum / double(X.rows())));
  }
  return scaling;
}

}  // namespace strata
