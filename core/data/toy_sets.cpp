#include "core/data/toy_sets.hpp"

#include <cmath>
#include <numbers>

#include "core/check.hpp"
#include "core/math/matmul.hpp"

namespace strata {
namespace {

constexpr double pi = std::numbers::pi;

void check_arguments(const char* name, std::size_t n, double noise) {
  check(n > 0, name, ": n is 0, at least one example is needed");
  check(noise >= 0 && std::isfinite(noise), name, ": the noise is ", noise,
        ", it must be 0 or a positive number");
}

void add_noise(Tensor& X, double noise, Rng& rng) {
  for (Real& value : X.values) value += Real(noise * rng.normal());
}

}  // namespace

Dataset low_rank_gaussian(std::size_t n, std::size_t d, std::size_t rank, double noise, Rng& rng) {
  check_arguments("low_rank_gaussian", n, noise);
  check(rank >= 1 && rank <= d, "low_rank_gaussian: the rank is ", rank,
        ", it must be 1 to d = ", d);
  const Tensor Z = normal_tensor({n, rank}, rng);
  const Tensor A = normal_tensor({rank, d}, rng, 1 / std::sqrt(double(rank)));
  Dataset data{"low_rank_gaussian", matmul(Z, A), {}, {}};
  add_noise(data.X, noise, rng);
  return data;
}

SwissRoll swiss_roll(std::size_t n, double noise, Rng& rng) {
  check_arguments("swiss_roll", n, noise);
  SwissRoll roll{{"swiss_roll", Tensor({n, 3}), {}, {}}, Tensor({n, 2})};
  for (std::size_t i = 0; i < n; ++i) {
    const double t = 1.5 * pi * (1 + 2 * rng.uniform());
    const double h = 21 * rng.uniform();
    roll.data.X(i, 0) = Real(t * std::cos(t));
    roll.data.X(i, 1) = Real(h);
    roll.data.X(i, 2) = Real(t * std::sin(t));
    roll.position(i, 0) = Real(t);
    roll.position(i, 1) = Real(h);
  }
  add_noise(roll.data.X, noise, rng);
  return roll;
}

Dataset circle(std::size_t n, double noise, Rng& rng) {
  check_arguments("circle", n, noise);
  Dataset data{"circle", Tensor({n, 2}), {}, {}};
  for (std::size_t i = 0; i < n; ++i) {
    const double theta = 2 * pi * rng.uniform();
    data.X(i, 0) = Real(std::cos(theta));
    data.X(i, 1) = Real(std::sin(theta));
  }
  add_noise(data.X, noise, rng);
  return data;
}

Dataset blobs(std::size_t n, std::size_t d, std::size_t clusters, double spread, Rng& rng) {
  check_arguments("blobs", n, spread);
  check(d >= 1 && clusters >= 1, "blobs: d is ", d, " and clusters ", clusters,
        ", both must be 1 or more");
  const Tensor centres = uniform_tensor({clusters, d}, rng, -1, 1);
  std::vector<int> labels(n);
  std::vector<std::size_t> cluster_of(n);
  for (std::size_t i = 0; i < n; ++i) {
    cluster_of[i] = i % clusters;
    labels[i] = int(cluster_of[i]);
  }
  Dataset data{"blobs", Tensor({n, d}), labels, {}};
  gather_rows(centres, cluster_of, data.X);
  add_noise(data.X, spread, rng);
  return data;
}

}  // namespace strata
