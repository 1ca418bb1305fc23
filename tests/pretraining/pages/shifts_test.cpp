// Pictures that moved: how they are moved, and what is measured of them.

#include "pretraining/pages/kinds/figures.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "autoencoders/convolutional.hpp"
#include "core/data/pictures.hpp"
#include "tests/check_close.hpp"

using namespace strata;
using namespace strata::testing;

TEST_CASE("psnr is 10 log10 of one over the squared error of a pixel") {
  const Tensor X({2, 2}, {0, 1, 0.5, 0.25}), R({2, 2}, {Real(0.1), 1, 0.5, Real(0.05)});
  check_close(psnr(X, R), 10 * std::log10(4 / 0.05), by_real(1e-12, 1e-5));
  check_close(psnr(X, Tensor({2, 2}, {Real(0.1), Real(0.9), Real(0.6), Real(0.15)})), 20,
              by_real(1e-12, 1e-5));
  CHECK(std::isinf(psnr(X, X)));
}

TEST_CASE("pictures move, and what leaves is lost") {
  const Tensor X({1, 6}, {1, 2, 3, 4, 5, 6});
  CHECK(shifted(X, {2, 3}, 0, 1).values == std::vector<Real>{0, 1, 2, 0, 4, 5});
  CHECK(shifted(X, {2, 3}, -1, 0).values == std::vector<Real>{4, 5, 6, 0, 0, 0});
  CHECK(shifted(X, {2, 3}, 1, -2).values == std::vector<Real>{0, 0, 0, 3, 0, 0});
  CHECK(error_of([&] { shifted(X, {2, 2}, 0, 0); }).find("2×2") != std::string::npos);
}

TEST_CASE("the dense rival has as many weights as nearly as can be") {
  const DenseAutoencoderOptions options = pages::dense_rival(64, 32, 5449);
  Rng rng(1);
  DenseAutoencoder rival(options, rng);
  CHECK(rival.code_size() == 32);
  CHECK(double(count_of(rival.parameters())) < 5449);
  CHECK(layers_text(pages::dense_rival(64, 32, 10505).sizes) == "64-53-32");
  CHECK(layers_text(pages::dense_rival(64, 32, 2633).sizes) ==
        "64-32");  // one layer has 4192 already
}

TEST_CASE(
    "the error under a shift is the mean over four directions, of reconstructing what moved") {
  Rng rng(1);
  ConvolutionalAutoencoder model({.picture = {1, 4, 4}, .filters = {2}}, rng);
  const Tensor X = uniform_tensor({5, 16}, rng, 0, 1);
  const std::vector<double> errors = pages::errors_under_shift(model, X, {4, 4}, 2);
  REQUIRE(errors.size() == 3);
  CHECK(errors[0] == reconstruction_error(model, X));
  const auto error = [&](int down, int right) {
    return reconstruction_error(model, shifted(X, {4, 4}, down, right));
  };
  check_close(errors[1], (error(-1, 0) + error(1, 0) + error(0, -1) + error(0, 1)) / 4, 1e-12);
  check_close(errors[2], (error(-2, 0) + error(2, 0) + error(0, -2) + error(0, 2)) / 4, 1e-12);
}
