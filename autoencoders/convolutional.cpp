#include "autoencoders/convolutional.hpp"

#include <algorithm>

#include "layers/conv2d.hpp"
#include "layers/dense.hpp"
#include "layers/pool2d.hpp"
#include "layers/reshape.hpp"
#include "layers/upsample2d.hpp"

namespace strata {

ConvolutionalAutoencoder::ConvolutionalAutoencoder(const ConvolutionalOptions& o, Rng& rng)
    : options(o) {
  check_options();
  add_encoder(rng);
  add_decoder(rng);
}

static std::size_t half(std::size_t side) {
  return (side + 1) / 2;  // 7 pixels have 4 places two apart
}

void ConvolutionalAutoencoder::check_options() const {
  const Maps& x = options.picture;
  const char* const name = "convolutional";
  check(x.size() > 0, name, ": a picture of ", x.channels, "×", x.height, "×", x.width,
        " (channels, height and width are all at least 1)");
  check(!options.filters.empty(), name, ": needs a stage or more, like the filters 16-8");
  check(std::find(options.filters.begin(), options.filters.end(), 0u) == options.filters.end(),
        name, ": a stage of 0 filters");
  check(options.kernel % 2 == 1, name, ": a kernel of ", options.kernel,
        " has no pixel in its middle, so the picture would move (choose an odd one, like 3 or 5)");
  const bool moves_by_two =
      options.down == Downsampling::stride || options.up == Upsampling::transpose;
  check(options.kernel > 1 || !moves_by_two, name,
        ": windows of one pixel that move two pixels at a time leave out three pixels of four "
        "(choose a kernel of 3 or 5)");
  check(options.decay >= 0, name, ": decay is ", options.decay, ", it must be 0 or above");
  Maps at = x;
  const std::size_t n = options.filters.size();
  for (std::size_t k = 0; k < n; ++k, at.height = half(at.height), at.width = half(at.width)) {
    check(at.height > 1 || at.width > 1, name, ": nothing is left to halve of ", x.height, "×",
          x.width, " after ", k, " stages, but there are filters for ", n);
    const bool is_even = at.height % 2 == 0 && at.width % 2 == 0;
    if (is_even || options.down == Downsampling::stride) continue;
    const std::size_t unit = std::size_t(1) << n;
    const auto next = [unit](std::size_t side) { return (side + unit - 1) / unit * unit; };
    throw Error(text(name, ": pooling would leave out a row or column of ", at.height, "×",
                     at.width, ", stage ", k + 1, " of ", x.height, "×", x.width, " pictures (", n,
                     n == 1 ? " stage needs" : " stages need", " sides that are multiples of ",
                     unit, ": pad to ", next(x.height), "×", next(x.width),
                     ", or choose stride, which takes any)"));
  }
}

std::vector<Maps> ConvolutionalAutoencoder::stages(const ConvolutionalOptions& options) {
  std::vector<Maps> all = {options.picture};
  for (std::size_t f : options.filters)
    all.push_back({f, half(all.back().height), half(all.back().width)});
  return all;
}

std::size_t ConvolutionalAutoencoder::code_size() const {
  return options.code_size > 0 ? options.code_size : stages().back().size();
}

void ConvolutionalAutoencoder::add_encoder(Rng& rng) {
  const std::vector<Maps> at = stages();
  const std::size_t n = options.filters.size();
  const bool pools = options.down == Downsampling::pool;
  const Conv2dOptions window{.kernel = options.kernel,
                             .stride = pools ? std::size_t(1) : 2,
                             .padding = options.kernel / 2,
                             .activation = Activation::relu};
  encoder.add(ToImages(at[0].channels, at[0].height, at[0].width));
  for (std::size_t k = 0; k < n; ++k) {
    encoder.add(Conv2d(text("encoder.", k), at[k].channels, at[k + 1].channels, window, rng));
    if (pools) encoder.add(MaxPool2d(2));
  }
  encoder.add(Flatten());
  if (options.code_size > 0) {
    encoder.add(Dense(text("encoder.", n), at[n].size(), options.code_size, options.code, rng,
                      Initializer::he));
  }
}

void ConvolutionalAutoencoder::add_decoder(Rng& rng) {
  const std::vector<Maps> at = stages();
  const std::size_t n = options.filters.size(), padding = options.kernel / 2;
  std::size_t layer = 0;
  const auto next_name = [&layer] { return text("decoder.", layer++); };
  if (options.code_size > 0) {
    decoder.add(Dense(next_name(), options.code_size, at[n].size(), Activation::relu, rng,
                      Initializer::he));
  }
  decoder.add(ToImages(at[n].channels, at[n].height, at[n].width));
  std::size_t channels = at[n].channels;
  for (std::size_t k = n; k-- > 0;) {
    const Maps& to = at[k];
    if (options.up == Upsampling::transpose) {
      const Activation f = k == 0 ? Activation::linear : Activation::relu;
      decoder.add(ConvTranspose2d(next_name(), channels, to.channels,
                                  {.kernel = options.kernel,
                                   .stride = 2,
                                   .padding = padding,
                                   .height = to.height,
                                   .width = to.width,
                                   .activation = f},
                                  rng));
      channels = to.channels;
    } else {
      const std::size_t filters = at[k + 1].channels;
      decoder.add(Conv2d(
          next_name(), channels, filters,
          {.kernel = options.kernel, .padding = padding, .activation = Activation::relu}, rng));
      decoder.add(Upsample2d(2, to.height, to.width));
      channels = filters;
    }
  }
  if (options.up == Upsampling::upsample) {
    decoder.add(Conv2d(next_name(), channels, at[0].channels,
                       {.kernel = options.kernel, .padding = padding}, rng));
  }
  decoder.add(Flatten());
}

std::vector<Parameter*> ConvolutionalAutoencoder::parameters() {
  std::vector<Parameter*> all = encoder.parameters();
  for (Parameter* p : decoder.parameters()) all.push_back(p);
  return all;
}

Var ConvolutionalAutoencoder::record_encode(Tape& tape, Var X, Mode mode) {
  return encoder.forward(tape, X, mode);
}

Var ConvolutionalAutoencoder::record_decode(Tape& tape, Var h, Mode mode) {
  const Var logits = decoder.forward(tape, h, mode);
  return sigmoid(logits);
}

Objective ConvolutionalAutoencoder::objective_from(Tape& tape, Var input, Var target, Mode mode) {
  const Var h = encoder.forward(tape, input, mode);
  const Var logits = decoder.forward(tape, h, mode);
  const bool from_logits = options.loss == Loss::bce;
  const Var loss =
      from_logits ? bce_with_logits(logits, target) : half_mse(sigmoid(logits), target);
  std::vector<Term> terms = {{"reconstruction", loss}};
  if (options.decay > 0) {
    terms.push_back({"weight_decay", record_weight_decay(tape, parameters(), options.decay)});
  }
  return sum_of_terms(std::move(terms));
}

void ConvolutionalAutoencoder::check_data(const Tensor& X) const {
  Autoencoder::check_data(X);
  check_data_range(Activation::sigmoid, X, "");
}

void ConvolutionalAutoencoder::begin_at_means(const Tensor& X) {
  const std::size_t pixels = options.picture.height * options.picture.width;
  Tensor means({options.picture.channels});
  const Tensor of_columns = column_means(X);
  for (std::size_t j = 0; j < of_columns.size(); ++j)
    means[j / pixels] += of_columns[j] / Real(pixels);
  begin_bias_at_means(*decoder.parameters().back(), Activation::sigmoid, means, X.rows());
}

std::string ConvolutionalAutoencoder::architecture() const {
  std::string words;
  for (const Maps& at : stages()) {
    words += text(words.empty() ? "" : " → ", at.channels, "×", at.height, "×", at.width);
  }
  return options.code_size > 0 ? text(words, " → ", options.code_size) : words;
}

Json ConvolutionalAutoencoder::settings() const {
  const Maps& x = options.picture;
  return Json::object({{"model", "convolutional"},
                       {"picture", Json::array({x.channels, x.height, x.width})},
                       {"filters", sizes_to_json(options.filters)},
                       {"kernel", options.kernel},
                       {"down", downsampling_kinds.name(options.down)},
                       {"up", upsampling_kinds.name(options.up)},
                       {"code_size", options.code_size},
                       {"code", activation_name(options.code)},
                       {"loss", loss_kinds.name(options.loss)},
                       {"decay", options.decay}});
}

ConvolutionalAutoencoder ConvolutionalAutoencoder::from_settings(const Json& settings,
                                                                 const OwnKinds& own) {
  ConvolutionalOptions options;
  const auto& sides = settings.at("picture").items();
  check(sides.size() == 3, "the picture has ", sides.size(), " numbers (channels, height, width)");
  options.picture = {sides[0].as_size(), sides[1].as_size(), sides[2].as_size()};
  options.filters.clear();
  for (const Json& f : settings.at("filters").items()) options.filters.push_back(f.as_size());
  options.kernel = settings.at("kernel").as_size();
  options.down = downsampling_kinds.named(settings.at("down").as_string());
  options.up = upsampling_kinds.named(settings.at("up").as_string());
  options.code_size = settings.at("code_size").as_size();
  options.code = activation_named(settings.at("code").as_string(), own.activations);
  options.loss = loss_kinds.named(settings.at("loss").as_string());
  options.decay = Real(settings.at("decay").as_number());
  Rng unused(0);
  return ConvolutionalAutoencoder(options, unused);
}

}  // namespace strata
