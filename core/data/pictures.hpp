#pragma once
// Pictures moved and framed, to see what a model makes of what stands elsewhere.

#include "core/data/dataset.hpp"

namespace strata {

/// Each picture of X (n × height·width) moved down and to the right by so many pixels (up and to
/// the left where negative). What leaves the picture is lost; what comes in is 0.
Tensor shifted(const Tensor& X, ImageShape image, int down, int right);

/// The same pictures in the middle of larger ones: `border` pixels of 0 on each side.
Dataset framed(const Dataset& data, std::size_t border);

}  // namespace strata
