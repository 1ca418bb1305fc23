#include "autoencoders/shared.hpp"

#include <algorithm>

namespace strata {

std::string layers_text(const std::vector<std::size_t>& sizes) {
  std::string joined;
  for (std::size_t size : sizes) joined += (joined.empty() ? "" : "-") + std::to_string(size);
  return joined;
}

Json sizes_to_json(const std::vector<std::size_t>& sizes) {
  Json widths = Json::array();
  for (std::size_t width : sizes) widths.push(width);
  return widths;
}

std::vector<std::size_t> sizes_from_json(const Json& widths) {
  std::vector<std::size_t> sizes;
  for (const Json& width : widths.items()) sizes.push_back(width.as_size());
  check(sizes.size() >= 2, "the settings name ", sizes.size(), " layer sizes");
  for (std::size_t width : sizes) check(width > 0, "a layer of 0 units");
  return sizes;
}

std::size_t count_of(const std::vector<Parameter*>& parameters) {
  std::size_t count = 0;
  for (const Parameter* p : parameters) count += p->value.size();
  return count;
}

void check_data_range(Activation output, const Tensor& X, const std::string& otherwise) {
  if (output != Activation::sigmoid || X.empty()) return;
  const auto [low, high] = std::minmax_element(X.values.begin(), X.values.end());
  check(
      *low >= 0 && *high <= 1, "the data goes from ", *low, " to ", *high,
      " but sigmoid outputs stay within 0 and 1 (bring them there: --scale minmax, each feature by "
      "itself, or --scale global, all alike, as for pictures",
      otherwise.empty() ? "" : "; or ", otherwise, ")");
}

}  // namespace strata
