#pragma once
// Shifts and stretches each feature: to [0, 1], which sigmoid outputs and the cross-entropy need,
// or to mean 0 and variance 1. What was measured on the training rows is applied to all rows:
//   scaled = (x − shift) / scale        x = scaled · scale + shift

#include "core/tensor.hpp"

namespace strata {

struct Scaling {
  Tensor shift, scale;  // (d) each; empty means no scaling: the functions below return X

  /// (X − shift) / scale, column by column, for X (n×d). Throws Error unless X has d columns.
  Tensor apply(const Tensor& X) const;
  /// The inverse: X · scale + shift.
  Tensor undo(const Tensor& X) const;
};

/// shift = min, scale = max − min of each column of X (n×d), so that each spans [0, 1]. A constant
/// column gets scale 1. Throws Error for an X without rows.
Scaling minmax_scaling(const Tensor& X);

/// shift = mean, scale = √((1/n) Σ (x − mean)²) of each column of X (n×d). A constant column gets
/// scale 1. Throws Error for an X without rows.
Scaling standard_scaling(const Tensor& X);

}  // namespace strata
