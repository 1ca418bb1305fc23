#pragma once

#include "core/choice.hpp"
#include "core/random/rng.hpp"
#include "core/tensor.hpp"

namespace strata {

/// How weights (in × out) are drawn; biases start at zero.
///   xavier   uniform in ±√(6/(in + out))       for sigmoid, tanh, linear (Glorot and Bengio 2010)
///   he       normal with variance 2/in         for relu and its relatives (He et al. 2015)
///   lecture  uniform in ±√(6/(in + out + 1))   from the UFLDL lecture notes (Ng et al. 2011)
enum class Initializer { xavier, he, lecture };

inline const Choice<Initializer> initializer_kinds{"initializer", {"xavier", "he", "lecture"}};

Tensor initial_weights(Initializer initializer, std::size_t in, std::size_t out, Rng& rng);
/// The same draws for weights of any shape, where `in` weights reach a unit and `out` leave one:
/// the fans of a convolution.
Tensor initial_weights(Initializer initializer, const Shape& shape, double in, double out,
                       Rng& rng);

}  // namespace strata
