#include "core/data/corruption.hpp"

#include <algorithm>
#include <cmath>

namespace strata {

void check_corruption(const Corruption& c) {
  if (c.kind == CorruptionKind::custom) {
    check(bool(c.function), "corruption: a custom one needs its function");
  } else if (c.kind == CorruptionKind::gaussian) {
    check(c.amount >= 0 && std::isfinite(c.amount), "corruption: the deviation is ", c.amount,
          ", but must be 0 or above");
  } else {
    check(c.amount >= 0 && c.amount <= 1, "corruption: the probability is ", c.amount,
          ", but must lie in [0, 1]");
    check(c.low <= c.high, "corruption: pepper is ", c.low, ", above salt, ", c.high);
  }
}

static void mask(Tensor& corrupted, const Tensor& X, Real probability, Rng& rng) {
  fill_bernoulli(corrupted.values, rng, 1 - double(probability));  // 1 where the entry stays
  for (std::size_t i = 0; i < X.size(); ++i) corrupted[i] = corrupted[i] != 0 ? X[i] : 0;
}

// One uniform draw per entry: the lowest ν/2 of its range is pepper, the next ν/2 salt.
static void salt_and_pepper(Tensor& corrupted, const Tensor& X, const Corruption& c, Rng& rng) {
  const double probability = double(c.amount);
  for (std::size_t i = 0; i < X.size(); ++i) {
    const double u = rng.uniform();
    corrupted[i] = u < probability / 2 ? c.low : u < probability ? c.high : X[i];
  }
}

static void add_noise(Tensor& corrupted, const Tensor& X, Real deviation, Rng& rng) {
  fill_normal(corrupted.values, rng, double(deviation));
  for (std::size_t i = 0; i < X.size(); ++i) corrupted[i] += X[i];
}

void corrupt_into(Tensor& corrupted, const Tensor& X, const Corruption& c, Rng& rng) {
  corrupted.shape = X.shape;
  corrupted.values.resize(X.size());
  switch (c.kind) {
    case CorruptionKind::masking:
      return mask(corrupted, X, c.amount, rng);
    case CorruptionKind::salt_and_pepper:
      return salt_and_pepper(corrupted, X, c, rng);
    case CorruptionKind::gaussian:
      return add_noise(corrupted, X, c.amount, rng);
    case CorruptionKind::custom:
      std::copy(X.values.begin(), X.values.end(), corrupted.values.begin());
      c.function(corrupted, rng);
      check(corrupted.shape == X.shape && corrupted.size() == X.size(),
            "corruption: the function made ", corrupted.shape, " of ", X.shape,
            " (it must keep the shape)");
  }
}

Tensor corrupt(const Tensor& X, const Corruption& corruption, Rng& rng) {
  check_corruption(corruption);
  Tensor corrupted;
  corrupt_into(corrupted, X, corruption, rng);
  return corrupted;
}

std::string corruption_text(const Corruption& c) {
  if (c.kind == CorruptionKind::custom) return "a corruption of your own";
  const std::string name = c.kind == CorruptionKind::salt_and_pepper ? "salt and pepper"
                           : c.kind == CorruptionKind::gaussian      ? "Gaussian noise"
                                                                     : "masking";
  return text(name, " ", c.amount);
}

Json corruption_to_json(const Corruption& c) {
  check(c.kind != CorruptionKind::custom,
        "a corrupting function of your own cannot be saved or copied (save the net inside the "
        "denoising autoencoder, and wrap it again after loading)");
  return Json::object({{"kind", corruption_kinds.name(c.kind)},
                       {"amount", c.amount},
                       {"low", c.low},
                       {"high", c.high}});
}

Corruption corruption_from_json(const Json& json) {
  Corruption c;
  c.kind = corruption_kinds.named(json.at("kind").as_string());
  c.amount = Real(json.at("amount").as_number());
  c.low = Real(json.at("low").as_number());
  c.high = Real(json.at("high").as_number());
  check_corruption(c);
  return c;
}

}  // namespace strata
