#include "layers/dense.hpp"

namespace strata {

Dense::Dense(const std::string& name, std::size_t inputs, std::size_t outputs, Activation f,
             Rng& rng, Initializer initializer)
    : activation(f) {
  check(inputs > 0 && outputs > 0, name, ": a dense layer from ", inputs, " to ", outputs,
        " units");
  W = Parameter(name + ".W", initial_weights(initializer, inputs, outputs, rng), true);
  b = Parameter(name + ".b", Tensor({outputs}), false);
}

Var Dense::pre_activation(Tape& tape, Var X, Site site) {
  // Named first, since the compiler chooses the order of arguments
  const Var weights = tape.parameter(W, site);
  const Var bias = tape.parameter(b, site);
  return affine(X, weights, bias, site);
}

Var Dense::forward(Tape& tape, Var X, Mode) {
  const Var z = pre_activation(tape, X);
  return activate(activation, z);
}

}  // namespace strata
