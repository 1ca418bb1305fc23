#include "layers/conv2d.hpp"

namespace strata {
namespace {

void check_layer(const std::string& name, std::size_t inputs, std::size_t outputs,
                 std::size_t kernel, std::size_t stride) {
  check(inputs > 0 && outputs > 0 && kernel > 0 && stride > 0, name, ": a convolution from ",
        inputs, " to ", outputs, " channels with a kernel of ", kernel, " and stride ", stride,
        " (all must be at least 1)");
}

}  // namespace

Conv2d::Conv2d(const std::string& name, std::size_t inputs, std::size_t outputs,
               Conv2dOptions options_, Rng& rng)
    : options(options_) {
  const std::size_t kernel = options.kernel, stride = options.stride;
  check_layer(name, inputs, outputs, kernel, stride);
  const double fan_in = double(inputs * kernel * kernel);
  const double fan_out = double(outputs * kernel * kernel) / double(stride * stride);
  W = Parameter(
      name + ".W",
      initial_weights(options.initializer, {outputs, inputs, kernel, kernel}, fan_in, fan_out, rng),
      true);
  b = Parameter(name + ".b", Tensor({outputs}), false);
}

Var Conv2d::pre_activation(Tape& tape, Var X, Site site) {
  // Named first, since the compiler chooses the order of arguments
  const Var weights = tape.parameter(W, site);
  const Var bias = tape.parameter(b, site);
  return conv2d(X, weights, bias, {.stride = options.stride, .padding = options.padding}, site);
}

Var Conv2d::forward(Tape& tape, Var X, Mode) {
  const Var z = pre_activation(tape, X);
  return activate(options.activation, z);
}

ConvTranspose2d::ConvTranspose2d(const std::string& name, std::size_t inputs, std::size_t outputs,
                                 ConvTranspose2dOptions options_, Rng& rng)
    : options(options_) {
  const std::size_t kernel = options.kernel, stride = options.stride;
  check_layer(name, inputs, outputs, kernel, stride);
  const double fan_in = double(inputs * kernel * kernel) / double(stride * stride);
  const double fan_out = double(outputs * kernel * kernel);
  W = Parameter(
      name + ".W",
      initial_weights(options.initializer, {inputs, outputs, kernel, kernel}, fan_in, fan_out, rng),
      true);
  b = Parameter(name + ".b", Tensor({outputs}), false);
}

Var ConvTranspose2d::pre_activation(Tape& tape, Var X, Site site) {
  const Var weights = tape.parameter(W, site);
  const Var bias = tape.parameter(b, site);
  const ConvTransposeOptions window{.stride = options.stride,
                                    .padding = options.padding,
                                    .output_padding = options.output_padding,
                                    .height = options.height,
                                    .width = options.width};
  return conv2d_transpose(X, weights, bias, window, site);
}

Var ConvTranspose2d::forward(Tape& tape, Var X, Mode) {
  const Var z = pre_activation(tape, X);
  return activate(options.activation, z);
}

}  // namespace strata
