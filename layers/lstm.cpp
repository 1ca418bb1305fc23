#include "layers/lstm.hpp"

#include <algorithm>

#include "core/autodiff/names.hpp"
#include "layers/initializer.hpp"

namespace strata {
namespace {

// One block of u columns after the other, each drawn as a layer of its own.
Tensor initial_gates(std::size_t in, std::size_t units, Rng& rng) {
  Tensor W;
  for (std::size_t gate = 0; gate < 4; ++gate) {
    const Tensor block = initial_weights(Initializer::xavier, in, units, rng);
    if (gate == 0) W = Tensor({in, 4 * units});
    for (std::size_t r = 0; r < in; ++r) std::copy_n(block.row(r), units, W.row(r) + gate * units);
  }
  return W;
}

}  // namespace

Lstm::Lstm(const std::string& name, std::size_t inputs, std::size_t units, Rng& rng,
           Real forget_bias) {
  check(inputs > 0 && units > 0, name, ": an LSTM layer from ", inputs, " numbers a step to ",
        units, " units");
  Wx = Parameter(name + ".Wx", initial_gates(inputs, units, rng), true);
  Wh = Parameter(name + ".Wh", initial_gates(units, units, rng), true);
  b = Parameter(name + ".b", Tensor({4 * units}), false);
  std::fill_n(b.value.values.begin() + std::ptrdiff_t(units), units, forget_bias);
}

std::string Lstm::name() const {
  return Wx.name.substr(0, Wx.name.rfind('.'));
}

Var Lstm::step(Tape& tape, Var X_t, Var state, Var mask_t, Site site) {
  // Named first, since the compiler chooses the order of arguments
  const Var weights_x = tape.parameter(Wx, site);
  const Var weights_h = tape.parameter(Wh, site);
  const Var bias = tape.parameter(b, site);
  return lstm_cell(X_t, state, weights_x, weights_h, bias, mask_t, site);
}

std::vector<Var> Lstm::states(Tape& tape, Var X, Var mask, Var start) {
  const std::size_t d = inputs();
  check(X.shape().rank == 2 && X.shape()[1] % d == 0, "lstm: the sequences are ", X.shape(),
        ", which is no whole number of steps of ", d, " columns");
  check(mask.tape == nullptr || mask.shape() == X.shape(), "lstm: the sequences are ", X.shape(),
        " but the mask is ", mask.tape == nullptr ? Shape() : mask.shape(),
        " (it has the same shape)");
  Var state =
      start.tape != nullptr ? start : tape.input(Tensor({X.shape()[0], 2 * units()}), "start");
  std::vector<Var> all;
  for (std::size_t t = 0; t < X.shape()[1] / d; ++t) {
    state = step(tape, step_of(X, t, d), state, mask_of_step(mask, t, d));
    all.push_back(name_step(state, name(), t));
  }
  return all;
}

Var Lstm::forward(Tape& tape, Var X, Mode) {
  std::vector<Var> hidden_states;
  for (const Var& state : states(tape, X)) hidden_states.push_back(hidden(state));
  return concat_cols(hidden_states);
}

Var name_step(Var var, const std::string& what, std::size_t t) {
  return named(var, text(what, " step ", t + 1));
}

Var step_of(Var X, std::size_t t, std::size_t step_features) {
  return name_step(slice_cols(X, t * step_features, (t + 1) * step_features), "X", t);
}

Var mask_of_step(Var mask, std::size_t t, std::size_t step_features) {
  if (mask.tape == nullptr) return {};
  return name_step(slice_cols(mask, t * step_features, t * step_features + 1), "mask", t);
}

}  // namespace strata
