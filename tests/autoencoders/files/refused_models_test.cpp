// What a model cannot do is refused with a way out that this model has.

#include <doctest/doctest.h>

#include "autoencoders/convolutional.hpp"
#include "autoencoders/lstm_autoencoder.hpp"
#include "autoencoders/train.hpp"
#include "autoencoders/variational.hpp"
#include "tests/check_close.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

bool has(const std::string& text, const std::string& words) {
  return text.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("data out of range: each model names the options that it has") {
  Rng rng(1);
  const Tensor wide = uniform_tensor({3, 16}, rng, -5, 5);
  const auto hint_of = [&wide](const Autoencoder& model) {
    const std::string said = error_of([&] { model.check_data(wide); });
    CHECK(has(said, "the data goes from "));
    CHECK(has(said, "--scale minmax"));
    return said;
  };
  CHECK(
      has(hint_of(DenseAutoencoder({.sizes = {16, 4}}, rng)), "--scale standard --output linear"));
  CHECK(has(hint_of(LstmAutoencoder({.steps = 4, .step_features = 4, .output = Activation::sigmoid},
                                    rng)),
            "--scale standard --output linear"));
  const std::string variational = hint_of(VariationalAutoencoder({.sizes = {16, 4}}, rng));
  CHECK(has(variational, "--decoder gaussian"));
  CHECK(!has(variational, "--output"));
  const std::string convolutional =
      hint_of(ConvolutionalAutoencoder({.picture = {1, 4, 4}, .filters = {2}}, rng));
  CHECK(!has(convolutional, "--output"));
  CHECK(!has(convolutional, "--scale standard"));
}

TEST_CASE("windows of one pixel would leave out three of four where they move by two") {
  const auto kernel_of_1 = [](Downsampling down, Upsampling up) {
    return error_of([&] {
      Rng rng(1);
      ConvolutionalAutoencoder(
          {.picture = {1, 8, 8}, .filters = {2}, .kernel = 1, .down = down, .up = up}, rng);
    });
  };
  CHECK(has(kernel_of_1(Downsampling::stride, Upsampling::upsample), "3 or 5"));
  CHECK(has(kernel_of_1(Downsampling::pool, Upsampling::transpose), "3 or 5"));
  CHECK(kernel_of_1(Downsampling::pool, Upsampling::upsample) == "");
}
