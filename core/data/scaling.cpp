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

double variance_of_column(const Tensor& X, std::size_t j, double mean) {
  double sum = 0;
  for (std::size_t i = 0; i < X.rows(); ++i) {
    const double difference = double(X(i, j)) - mean;
    sum += difference * difference;
  }
  return sum / double(X.rows());
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
    scaling.scale[j] = Real(std::sqrt(variance_of_column(X, j, double(scaling.shift[j]))));
  }
  return scaling;
}

Scaling global_scaling(const Tensor& X) {
  const Extremes found = extremes("global_scaling", X);
  const auto& low = found.low.values;
  const auto& high = found.high.values;
  const Real least = *std::min_element(low.begin(), low.end());
  const Real range = *std::max_element(high.begin(), high.end()) - least;
  check(std::isfinite(range), "global_scaling: the entries go from ", least,
        " on over a range that is too wide for numbers of type ", real_name);
  return {Tensor({X.cols()}, least), Tensor({X.cols()}, range > 0 ? range : Real(1))};
}

bool looks_like_bytes(const Tensor& X) {
  constexpr std::size_t fewest_columns = 16;
  if (X.rank() != 2 || X.cols() < fewest_columns || X.empty()) return false;
  Real greatest = 0;
  for (Real x : X.values) {
    if (!(x >= 0 && x <= 255) || x != std::floor(x)) return false;
    greatest = std::max(greatest, x);
  }
  return greatest > 127;
}

Scaling byte_scaling(std::size_t d) {
  return {Tensor({d}), Tensor({d}, Real(255))};
}

Spreads spreads(const Tensor& X) {
  const Extremes found = extremes("spreads", X);
  const Tensor means = column_means(X);
  Spreads result;
  for (std::size_t j = 0; j < X.cols(); ++j) {
    if (found.high[j] == found.low[j]) continue;
    const double spread = std::sqrt(variance_of_column(X, j, double(means[j])));
    if (spread > result.greatest) {
      result.greatest = spread;
      result.widest = j;
    }
    if (result.least == 0 || spread < result.least) {
      result.least = spread;
      result.narrowest = j;
    }
  }
  return result;
}

}  // namespace strata
