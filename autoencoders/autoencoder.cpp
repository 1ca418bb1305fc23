#include "autoencoders/autoencoder.hpp"

#include <algorithm>

namespace strata {
namespace {

constexpr std::size_t rows_at_a_time = 1000;

// Runs `record` on pieces of X and puts the results below each other. The tape of full pieces is replayed.
template <class Record>
Tensor in_pieces(const Tensor& X, std::size_t result_cols, Workers* workers, const Record& record) {
  const std::size_t m = X.rows();
  Tensor result({m, result_cols});
  std::size_t done = 0;
  while (done < m) {
    const std::size_t rows = std::min(rows_at_a_time, m - done);
    Tape tape;
    tape.workers = workers;
    const Var input = tape.input(slice_rows(X, done, done + rows));
    const Var output = record(tape, input);
    while (true) {
      std::copy(output.value().values.begin(), output.value().values.end(), result.row(done));
      done += rows;
      if (done + rows > m) break;
      std::copy_n(X.row(done), rows * X.cols(), input.node().value.values.begin());
      tape.replay();
    }
  }
  return result;
}

void check_width(const char* name, const char* what, const Tensor& X, std::size_t width) {
  check(X.rank() == 2 && X.cols() == width, name, ": the data is ", X.shape, " but the model has ", width,
        " ", what, " (examples × ", what, ")");
}

}  // namespace

Tensor Autoencoder::encode(const Tensor& X, Workers* workers) {
  check_width("encode", "features", X, features());
  return in_pieces(X, code_size(), workers,
                   [this](Tape& tape, Var x) { return record_encode(tape, x, Mode::evaluation); });
}

Tensor Autoencoder::decode(const Tensor& H, Workers* workers) {
  check_width("decode", "code units", H, code_size());
  return in_pieces(H, features(), workers,
                   [this](Tape& tape, Var h) { return record_decode(tape, h, Mode::evaluation); });
}

Tensor Autoencoder::reconstruct(const Tensor& X, Workers* workers) {
  check_width("reconstruct", "features", X, features());
  return in_pieces(X, features(), workers, [this](Tape& tape, Var x) {
    return record_decode(tape, record_encode(tape, x, Mode::evaluation), Mode::evaluation);
  });
}

double reconstruction_error(Autoencoder& model, const Tensor& X, Workers* workers) {
  return squared_error_per_example(X, model.reconstruct(X, workers));
}

}  // namespace strata
