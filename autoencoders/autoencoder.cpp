#include "autoencoders/autoencoder.hpp"

#include <algorithm>
#include <cmath>

#include "layers/row_pieces.hpp"

namespace strata {
namespace {

void check_width(const char* name, const char* what, const Tensor& X, std::size_t width) {
  check(X.rank() == 2 && X.cols() == width, name, ": the data is ", X.shape, " but the model has ",
        width, " ", what, " (examples × ", what, ")");
}

}  // namespace

Objective Autoencoder::objective_from(Tape& tape, Var input, Var target, Mode mode) {
  const Var R = record_reconstruct(tape, input, mode);
  return sum_of_terms({{"reconstruction", half_mse(R, target)}});
}

std::string Autoencoder::architecture() const {
  return text(features(), "-", code_size());
}

void Autoencoder::check_data(const Tensor& X) const {
  check_width("train", "features", X, features());
}

Tensor Autoencoder::encode(const Tensor& X, Workers* workers) {
  check_width("encode", "features", X, features());
  return in_row_pieces(X, code_size(), workers, [this](Tape& tape, Var x) {
    return record_encode(tape, x, Mode::evaluation);
  });
}

Tensor Autoencoder::decode(const Tensor& H, Workers* workers) {
  check_width("decode", "code units", H, code_size());
  return in_row_pieces(H, features(), workers, [this](Tape& tape, Var h) {
    return record_decode(tape, h, Mode::evaluation);
  });
}

Tensor Autoencoder::reconstruct(const Tensor& X, Workers* workers) {
  check_width("reconstruct", "features", X, features());
  return in_row_pieces(X, features(), workers, [this](Tape& tape, Var x) {
    return record_reconstruct(tape, x, Mode::evaluation);
  });
}

void begin_bias_at_means(Parameter& b, Activation f, const Tensor& means, std::size_t examples) {
  const auto& entries = b.value.values;
  const bool is_zero = std::all_of(entries.begin(), entries.end(), [](Real x) { return x == 0; });
  if (is_zero) b.value = biases_at_means(f, means, examples);
}

Var record_weight_decay(Tape& tape, const std::vector<Parameter*>& parameters, Real lambda) {
  Var sum_of_norms{};
  for (Parameter* p : parameters) {
    if (!p->decays) continue;
    const Var norm = half_squared_norm(tape.parameter(*p));
    sum_of_norms = sum_of_norms.tape == nullptr ? norm : add(sum_of_norms, norm);
  }
  return scale(sum_of_norms, lambda);
}

Var record_noise(Tape& tape, const Shape& shape, Rng& noise, Mode mode) {
  if (mode == Mode::training) return normal_noise(tape, shape, noise);
  Rng always_the_same(1);
  return tape.input(normal_tensor(shape, always_the_same), "ε");
}

double reconstruction_error(Autoencoder& model, const Tensor& X, Workers* workers) {
  const double error = squared_error_per_example(X, model.reconstruct(X, workers));
  check(std::isfinite(error), "the squared error is ", error,
        ": the last steps of training ran away (try a smaller learning rate, or scale the data)");
  return error;
}

}  // namespace strata
