#include "pretraining/pages/kinds/shifts.hpp"

namespace strata::pages {

std::vector<double> errors_under_shift(Autoencoder& model, const Tensor& X, ImageShape image,
                                       std::size_t most, Workers* workers) {
  std::vector<double> errors = {reconstruction_error(model, X, workers)};
  for (int by = 1; by <= int(most); ++by) {
    const int directions[4][2] = {{-by, 0}, {by, 0}, {0, -by}, {0, by}};
    double sum = 0;
    for (const auto& [down, right] : directions) {
      sum += reconstruction_error(model, shifted(X, image, down, right), workers);
    }
    errors.push_back(sum / 4);
  }
  return errors;
}

DenseAutoencoderOptions dense_rival(std::size_t d, std::size_t k, std::size_t weights,
                                    Activation code) {
  DenseAutoencoderOptions options;
  options.hidden = Activation::relu;
  options.code = code;
  options.loss = Loss::bce;
  options.initializer = Initializer::he;
  // weights of d-h-k-h-d: 2 h (d + k) + 2 h + k + d, which is to be `weights`
  const std::size_t hidden = weights > k + d ? (weights - k - d) / (2 * (d + k + 1)) : 0;
  options.sizes =
      hidden > k ? std::vector<std::size_t>{d, hidden, k} : std::vector<std::size_t>{d, k};
  return options;
}

}  // namespace strata::pages
