#pragma once
// Codes as maps: the examples on a plane, coloured by their classes, and what places of the plane
// decode to.

#include <functional>
#include <string>

#include "autoencoders/autoencoder.hpp"
#include "core/data/dataset.hpp"

namespace strata::pages {

/// The points (n×2) of the examples of `data`, coloured by class: a square chart.
std::string map_chart(const std::string& title, const Tensor& points, const Dataset& data,
                      double size, const std::string& x_label = "",
                      const std::string& y_label = "");
/// Codes (n × code, n ≥ 2) on a plane: a code of two numbers as it is, of more along its two
/// leading principal directions, of one against the row. Large codes of 2 numbers or more have
/// labels at the axes.
std::string small_map(const std::string& title, const Tensor& codes, const Dataset& data,
                      double size);
std::string labelled_map(const std::string& title, const Tensor& codes, const Dataset& data);

/// The codes of the examples of `data`, called `part` examples, as a labelled map with its caption.
/// Empty for fewer than three examples, or a code of one number.
std::string code_map(const Tensor& codes, const Dataset& data, const std::string& part,
                     const std::string& title);

/// What places of the map of these codes decode to, over the middle 90 % of the codes in each
/// direction: places on the line of a code of one number, else a square grid of them, drawn from
/// the top left as a map is.
struct DecodedPlaces {
  std::size_t count = 0;     // on the line, or along a side of the grid
  Real first = 0, last = 0;  // of the line: the codes at its ends
  std::string tiles;
};
using Decode = std::function<Tensor(const Tensor& codes)>;
DecodedPlaces decoded_places(const Tensor& codes, ImageShape image, const std::string& by_whom,
                             const Decode& decode);
/// The same as a figure; empty for data that are not pictures.
std::string decoded_map(const Dataset& data, const Tensor& codes, Autoencoder& model,
                        Workers* workers);

// ---- in captions
/// How many of the `part` examples are on a map.
std::string drawn(std::size_t examples, const std::string& part = "test");
std::string what_to_look_for(const Dataset& data);

}  // namespace strata::pages
