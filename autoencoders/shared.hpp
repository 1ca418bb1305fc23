#pragma once
// What autoencoders of several kinds share: losses by name, widths as text and in files, and the
// range that data must have.

#include <string>
#include <vector>

#include "core/autodiff/parameter.hpp"
#include "core/choice.hpp"
#include "core/io/json.hpp"
#include "layers/activation.hpp"

namespace strata {

enum class Loss { half_mse, bce };
inline const Choice<Loss> loss_kinds{"loss", {"half_mse", "bce"}};

/// "64-100-50-2"
std::string layers_text(const std::vector<std::size_t>& sizes);
/// [64, 100, 50, 2], and back. Throws Error for fewer than two, or a layer without units.
Json sizes_to_json(const std::vector<std::size_t>& sizes);
std::vector<std::size_t> sizes_from_json(const Json& widths);

/// How many weights and biases a model trains.
std::size_t count_of(const std::vector<Parameter*>& parameters);

/// Sigmoid outputs, and bce, need data in [0, 1]. Throws Error naming the range found and what to
/// do: scale, or `otherwise`, in options that this kind has. It is empty where only scaling helps.
void check_data_range(Activation output, const Tensor& X,
                      const std::string& otherwise =
                          "to variance 1 for linear outputs: --scale standard --output linear");

}  // namespace strata
