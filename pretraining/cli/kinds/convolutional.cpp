// The kind that is a convolutional autoencoder.

#include <cctype>

#include "autoencoders/convolutional.hpp"
#include "pretraining/cli/common.hpp"
#include "pretraining/cli/kinds/kinds.hpp"

namespace strata::cli {
namespace {

// "16-8" or "8x8": whole numbers from 1 to 4096 with a separator between them.
std::vector<std::size_t> numbers_of(const Options& o, const char* option, char separator) {
  constexpr std::size_t most = 4096;
  const std::string& words = o.text(option);
  std::vector<std::size_t> numbers = {0};
  bool is_good = !words.empty() && std::isdigit(static_cast<unsigned char>(words.back())) != 0;
  for (char c : words) {
    if (c == separator) {
      is_good = is_good && numbers.back() > 0;
      numbers.push_back(0);
    } else {
      is_good =
          is_good && std::isdigit(static_cast<unsigned char>(c)) != 0 && numbers.back() <= most;
      if (is_good) numbers.back() = 10 * numbers.back() + std::size_t(c - '0');
    }
  }
  for (std::size_t n : numbers) is_good = is_good && n >= 1 && n <= most;
  if (!is_good) {
    throw UsageError(text("--", option, " ", words, ": must be whole numbers from 1 to ", most,
                          " with ", separator, " between them"));
  }
  return numbers;
}

// --image, or how the data's pictures stand.
Maps picture_of(const DataShape& data, const Options& o) {
  if (!o.given("image")) {
    if (data.image == ImageShape{}) {
      throw UsageError(
          text("the data are no pictures: their ", data.features,
               " features have no neighbours that a window could cover (--image HEIGHTxWIDTH "
               "says how they stand)"));
    }
    return {1, data.image.height, data.image.width};
  }
  const std::vector<std::size_t> sides = numbers_of(o, "image", 'x');
  if (sides.size() != 2 && sides.size() != 3)
    throw UsageError("--image " + o.text("image") +
                     ": must be HEIGHTxWIDTH, or CHANNELSxHEIGHTxWIDTH");
  const Maps picture =
      sides.size() == 2 ? Maps{1, sides[0], sides[1]} : Maps{sides[0], sides[1], sides[2]};
  if (picture.size() != data.features) {
    throw UsageError(text("--image ", o.text("image"), ": such a picture has ", picture.size(),
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
  options.kernel = o.size("kernel", 1, 99);
  options.down = downsampling_named(o.choice("down", downsampling_names()));
  options.up = upsampling_named(o.choice("up", upsampling_names()));
  options.code_size = o.given("hidden") ? o.size("hidden", 1) : kind.defaults.hidden;
  options.code = activation_of(o, "code", options.code);
  if (o.given("code") && options.code_size == 0)
    throw UsageError("--code: without --hidden the feature maps are the code, and they are relu");
  if (o.given("loss")) options.loss = loss_named(o.choice("loss", {"half_mse", "bce"}));
  options.decay = Real(o.given("decay") ? o.number("decay", 0) : kind.defaults.decay);
  if (options.code_size > 0) {
    const std::size_t maps = ConvolutionalAutoencoder::stages(options).back().size();
    check_memory({maps, options.code_size}, optimizer_of(kind, o), "--hidden");
  }
  return std::make_unique<ConvolutionalAutoencoder>(options, rng);
}

}  // namespace strata::cli
