#pragma once
// Images shifted, to see what a model makes of things in unusual places.

#include "core/data/dataset.hpp"

namespace strata {

/// Each image of X (n × height·width), shifted by the given numbers of pixels down and to the right
/// (up and to the left if negative). What leaves the image is lost; what comes in is 0.
Tensor shifted(const Tensor& X, ImageShape image, int down, int right);

}  // namespace strata
