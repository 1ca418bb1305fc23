// The kind that is a convolutional autoencoder.

#include "autoencoders/convolutional.hpp"

#include "pretraining/cli/common.hpp"
#include "pretraining/cli/kinds/kinds.hpp"

namespace strata::cli {
namespace {

// "16-8" or "8x8": whole numbers from 1 to 4096 with a separator between them.
std::vector<std::size_t> numbers_of(const Options& o, const char* option, char separator) {
  constexpr std::size_t most = 4096;
  std::vector<std::size_t> numbers;
  for (const std::string& digits : split(o.text(option), separator)) {
    std::size_t number = 0;
    if (!read_number(digits, number) || number < 1 || number > most) {
      throw UsageError(text("--", option, " ", o.text(option), ": must be whole numbers from 1 to ",
                            most, " with ", separator, " between them"));
    }
    numbers.push_back(number);
  }
  return numbers;
}

// --image, or how the data's pictures stand.
Maps picture_of(const DataShape& data, const Options& o) {
  if (!o.given("image")) {
    if (data.image == ImageShape{}) {
      throw UsageError(
          text("the data are not pictures: their ", data.features,
               " features have no neighbours for a window to cover (--image HEIGHTxWIDTH says how "
               "they are arranged)"));
    }
    return {1, data.image.height, data.image.width};
  }
  const std::string wrong = "--image " + o.text("image") + ": ";
  std::vector<std::size_t> sides = numbers_of(o, "image", 'x');
  if (sides.size() == 2) sides.insert(sides.begin(), 1);  // one channel
  if (sides.size() != 3) throw UsageError(wrong + "must be HEIGHTxWIDTH, or CHANNELSxHEIGHTxWIDTH");
  const Maps picture{sides[0], sides[1], sides[2]};
  if (picture.size() != data.features) {
    throw UsageError(text(wrong, "such a picture has ", picture.size(),
                          " numbers, but the data have ", data.features, " features"));
  }
  return picture;
}

}  // namespace

ImageShape image_of(const DataShape& data, const Options& o) {
  if (!o.given("image")) return data.image;
  const Maps picture = picture_of(data, o);
  return picture.channels == 1 ? ImageShape{picture.height, picture.width} : ImageShape{};
}

std::unique_ptr<Autoencoder> make_convolutional(const Kind& kind, const DataShape& data,
                                                const Options& o, Rng& rng) {
  ConvolutionalOptions options;
  options.picture = picture_of(data, o);
  options.filters = numbers_of(o, "filters", '-');
  o.read("kernel", options.kernel);
  o.read("down", options.down, downsampling_kinds);
  o.read("up", options.up, upsampling_kinds);
  options.code_size = kind.defaults.hidden;
  o.read("hidden", options.code_size);
  read_activation(o, "code", options.code);
  if (o.given("code") && options.code_size == 0)
    throw UsageError("--code: without --hidden the feature maps are the code, and they are relu");
  o.read("loss", options.loss, loss_kinds);
  o.read("decay", options.decay);
  return std::make_unique<ConvolutionalAutoencoder>(options, rng);
}

}  // namespace strata::cli
