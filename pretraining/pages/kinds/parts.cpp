#include "pretraining/pages/kinds/parts.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace strata::pages {
namespace {

double norm_of_row(const Tensor& W, std::size_t j) {
  return std::sqrt(std::inner_product(W.row(j), W.row(j) + W.cols(), W.row(j), 0.0));
}

}  // namespace

Parts parts_of(DenseAutoencoder& model, const Tensor& x, std::size_t n) {
  check(model.decoder.size() == 1, "parts_of: the decoder has ", model.decoder.size(),
        " layers; only what a single one paints is a sum");
  check(x.rows() == 1, "parts_of: takes one example, not ", x.rows());
  const Tensor h = model.encode(x), W = model.decoder_weights(0), &b = model.decoder[0].b.value;
  std::vector<double> sizes;
  for (std::size_t j = 0; j < h.size(); ++j)
    sizes.push_back(std::abs(double(h[j])) * norm_of_row(W, j));
  Parts parts;
  parts.units.resize(h.size());
  std::iota(parts.units.begin(), parts.units.end(), std::size_t(0));
  std::stable_sort(parts.units.begin(), parts.units.end(),
                   [&](std::size_t i, std::size_t j) { return sizes[i] > sizes[j]; });
  parts.units.resize(std::min(n, h.size()));

  parts.filters = Tensor({parts.units.size(), W.cols()});
  parts.sums = Tensor({parts.units.size() + 1, W.cols()});
  std::copy(b.values.begin(), b.values.end(), parts.sums.row(0));
  for (std::size_t k = 0; k < parts.units.size(); ++k) {
    const std::size_t j = parts.units[k];
    parts.weights.push_back(h[j]);
    for (std::size_t i = 0; i < W.cols(); ++i) {
      parts.filters(k, i) = W(j, i);
      parts.sums(k + 1, i) = parts.sums(k, i) + h[j] * W(j, i);  // z grows by h_j w_j
    }
  }
  parts.pictures = parts.sums;
  model.decoder[0].activation.rule().values(parts.sums.values, parts.pictures.values);
  return parts;
}

}  // namespace strata::pages
