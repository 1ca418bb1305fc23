// The three products of a convolution against their definition, seven nested loops; and what they
// are to each other.

#include "core/math/convolution.hpp"

#include <doctest/doctest.h>

#include <limits>

#include "core/random/rng.hpp"
#include "tests/check_close.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

struct Case {
  std::size_t N, C, H, W, O, kh, kw, stride, padding;
};

// Batches of 1 and more, images and windows that are not square, strides that leave pixels over,
// windows as large as the image, one pixel, padding wider than the window.
const std::vector<Case> cases = {
    {1, 1, 4, 4, 1, 3, 3, 1, 0},    {3, 2, 6, 5, 4, 3, 3, 1, 1}, {3, 2, 6, 5, 4, 3, 3, 2, 1},
    {2, 3, 5, 8, 2, 2, 4, 1, 0},    {2, 3, 5, 8, 2, 4, 2, 3, 2}, {1, 2, 3, 3, 5, 3, 3, 1, 0},
    {2, 2, 1, 1, 3, 1, 1, 1, 0},    {2, 2, 1, 1, 3, 1, 1, 1, 2}, {4, 1, 7, 3, 2, 1, 3, 2, 0},
    {2, 3, 7, 7, 2, 1, 1, 3, 0},    {2, 1, 5, 5, 2, 2, 2, 4, 0}, {20, 16, 14, 13, 18, 3, 3, 2, 1},
    {17, 3, 28, 27, 16, 5, 5, 1, 2}};

struct Tensors {
  Tensor I, K, R;
};
Tensors tensors_of(const Case& c, Rng& rng) {
  const Window w =
      window_of("test", {c.N, c.C, c.H, c.W}, {c.O, c.C, c.kh, c.kw}, c.stride, c.padding);
  return {normal_tensor({c.N, c.C, c.H, c.W}, rng), normal_tensor({c.O, c.C, c.kh, c.kw}, rng),
          normal_tensor({c.N, c.O, w.OH(), w.OW()}, rng)};
}

double dot(const Tensor& A, const Tensor& B) {
  double sum = 0;
  for (std::size_t i = 0; i < A.size(); ++i) sum += double(A[i]) * double(B[i]);
  return sum;
}

// The three products by `workers`, each added to the tensor of its kind.
Tensors products(const Tensors& t, const Case& c, Workers* workers) {
  Tensors result = t;
  Tensor parts;
  convolve(t.I, t.K, c.stride, c.padding, result.R, workers);
  convolve_transposed(t.R, t.K, c.stride, c.padding, result.I, workers);
  kernel_gradient(t.I, t.R, c.stride, c.padding, result.K, parts, workers);
  return result;
}

}  // namespace

TEST_CASE("by patches as by definition, and the same bits for any number of threads") {
  Rng rng(3);
  Workers two(2), three(3);
  for (const Case& c : cases) {
    CAPTURE(text(c.N, "×", c.C, "×", c.H, "×", c.W, " by ", c.O, "×", c.kh, "×", c.kw, ", stride ",
                 c.stride, ", padding ", c.padding));
    const Tensors t = tensors_of(c, rng);
    Tensors expected = t;
    reference::convolve(t.I, t.K, c.stride, c.padding, expected.R);
    reference::convolve_transposed(t.R, t.K, c.stride, c.padding, expected.I);
    reference::kernel_gradient(t.I, t.R, c.stride, c.padding, expected.K);

    const Tensors alone = products(t, c, nullptr);
    const double tolerance = by_real(1e-12, 2e-4);
    check_close(alone.R, expected.R, tolerance, tolerance);
    check_close(alone.I, expected.I, tolerance, tolerance);
    check_close(alone.K, expected.K, tolerance, 10 * tolerance);
    for (Workers* workers : {&two, &three}) {
      const Tensors shared = products(t, c, workers);
      CHECK(shared.R.values == alone.R.values);
      CHECK(shared.I.values == alone.I.values);
      CHECK(shared.K.values == alone.K.values);
    }
  }
}

TEST_CASE("adjoint: ⟨K ⋆ I, R⟩ = ⟨I, Kᵀ ⋆ R⟩ = ⟨K, R ⋆ I⟩") {
  Rng rng(4);
  for (const Case& c : cases) {
    const Tensors t = tensors_of(c, rng);
    Tensor R(t.R.shape), I(t.I.shape), K(t.K.shape), parts;
    convolve(t.I, t.K, c.stride, c.padding, R);
    convolve_transposed(t.R, t.K, c.stride, c.padding, I);
    kernel_gradient(t.I, t.R, c.stride, c.padding, K, parts);
    const double expected = dot(R, t.R), scale = std::sqrt(dot(R, R) * dot(t.R, t.R));
    CHECK(std::abs(dot(I, t.I) - expected) <= by_real(1e-13, 1e-5) * scale);
    CHECK(std::abs(dot(K, t.K) - expected) <= by_real(1e-13, 1e-5) * scale);
  }
}

TEST_CASE("patches of a 3×3 image by hand: the window's entries are rows, its places columns") {
  const Window w{.C = 1, .H = 3, .W = 3, .kh = 2, .kw = 2};
  const std::vector<Real> image = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  REQUIRE(w.columns() == 5);  // 2 places, a gap of 1, 2 places
  std::vector<Real> padded(w.padded_size()), P(w.patch_size() * w.columns());
  copy_patches(w, image.data(), padded.data(), P.data());
  CHECK(P == std::vector<Real>{1, 2, 3, 4, 5,    //
                               2, 3, 4, 5, 6,    //
                               4, 5, 6, 7, 8,    //
                               5, 6, 7, 8, 9});  // the third column is the gap
  const std::vector<Real> results = {1, 2, 3, 4};
  std::vector<Real> with_gaps(5, 7), back(4, 1);
  insert_gaps(w, 1, results.data(), with_gaps.data());
  CHECK(with_gaps == std::vector<Real>{1, 2, 0, 3, 4});
  with_gaps[2] = 100;
  add_without_gaps(w, 1, with_gaps.data(), back.data());
  CHECK(back == std::vector<Real>{2, 3, 4, 5});
}

TEST_CASE("a NaN reaches what was computed from it, and what was not stays finite") {
  Rng rng(5);
  Tensor I = normal_tensor({2, 1, 6, 6}, rng), K = normal_tensor({1, 1, 3, 3}, rng),
         R({2, 1, 6, 6});
  I[0] = std::numeric_limits<Real>::quiet_NaN();  // the upper left corner of the first image
  convolve(I, K, 1, 1, R);
  for (std::size_t i = 0; i < R.size(); ++i) {
    const bool near = i < 36 && i / 6 < 2 && i % 6 < 2;
    CAPTURE(i);
    CHECK(std::isnan(R[i]) == near);
  }
}

TEST_CASE("shapes that do not fit are refused with both shapes") {
  const Tensor I({2, 3, 6, 5}), K({4, 2, 3, 3}), K3({4, 3, 7, 3}), good({4, 3, 3, 3});
  Tensor R({2, 4, 4, 3});
  CHECK(error_of([&] { convolve(I, K, 1, 0, R); }) ==
        "convolve: X is 2×3×6×5 but W is 4×2×3×3 (the second length of both, the channels, must be "
        "equal)");
  CHECK(error_of([&] { convolve(I, K3, 1, 0, R); }) ==
        "convolve: the window of W, which is 4×3×7×3, does not fit into X, which is 2×3×6×5, with "
        "padding 0");
  CHECK(error_of([&] { convolve(I, good, 0, 0, R); }).find("stride is 0") != std::string::npos);
  CHECK(error_of([&] {
          convolve(Tensor({2, 3}), good, 1, 0, R);
        }).find("four dimensions") != std::string::npos);
  CHECK(error_of([&] { convolve(I, good, 1, 1, R); }) ==
        "convolve: images of 2×3×6×5 and kernels of 4×3×3×3 make 2×4×6×5, not 2×4×4×3");
  CHECK(error_of([&] { convolve(I, good, 1, 0, R); }).empty());
}
