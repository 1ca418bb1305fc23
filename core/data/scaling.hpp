#pragma once
// Shifts and stretches each feature: to [0, 1], which sigmoid outputs and the cross-entropy need,
// or to mean 0 and variance 1; or all features alike, where they are of one unit. What was measured
// on the training rows is applied to all rows:
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

/// The same for every column of X (n×d): shift = the least entry of X, scale = the greatest less
/// the least, or 1 where all are equal. For pictures, whose pixels minmax_scaling would stretch
/// each by a range of its own. Throws Error for an X without rows.
Scaling global_scaling(const Tensor& X);

/// Whether X (n×d) holds whole numbers from 0 to 255, one of them above 127, in 16 columns or more:
/// the bytes of pictures, and not a small table of counts.
bool looks_like_bytes(const Tensor& X);
/// shift 0 and scale 255 for d columns.
Scaling byte_scaling(std::size_t d);

/// The columns that vary most and least among those that vary at all, by their standard deviations
/// over the rows of X.
struct Spreads {
  std::size_t widest = 0, narrowest = 0;
  double greatest = 0, least = 0;  // both 0 where no column varies
};
Spreads spreads(const Tensor& X);

}  // namespace strata
