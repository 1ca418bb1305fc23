#include "pretraining/baselines/logistic_rows.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/math/matmul.hpp"
#include "core/math/vector_math.hpp"
#include "core/sums.hpp"

namespace strata {
namespace {

constexpr std::size_t rows_at_once = 64;       // a piece of L: its Hessians stay small
constexpr std::size_t columns_at_once = 1024;  // of X: so do the products of R

std::size_t pairs(std::size_t r) {
  return r * (r + 1) / 2;
}

// Row j holds R_ja R_jb for b ≤ a: the lower triangle of the outer product of row j with itself.
Tensor outer_products(const Tensor& R) {
  Tensor products({R.rows(), pairs(R.cols())});
  for (std::size_t j = 0; j < R.rows(); ++j) {
    const Real* row = R.row(j);
    Real* out = products.row(j);
    for (std::size_t a = 0; a < R.cols(); ++a) {
      for (std::size_t b = 0; b <= a; ++b) out[b] = row[a] * row[b];
      out += a + 1;
    }
  }
  return products;
}

// z for a piece of L and the columns of X that belong to `R` and begin at `first`.
Tensor logits(const Tensor& L, const Tensor& R, const Tensor& offset, std::size_t first) {
  Tensor Z({L.rows(), R.rows()});
  matmul_bt(L, R, Z);
  for (std::size_t i = 0; i < Z.rows(); ++i) {
    Real* z = Z.row(i);
    for (std::size_t j = 0; j < Z.cols(); ++j) z[j] += offset[first + j];
  }
  return Z;
}

// f of the rows `L`, which stand at `begin` in the problem.
std::vector<double> piece_objectives(const LogisticRows& p, std::size_t begin, const Tensor& L) {
  std::vector<double> f(L.rows());
  for (std::size_t i = 0; i < L.rows(); ++i) {
    for (std::size_t a = 0; a < L.cols(); ++a) {
      const double from_centre = double(L(i, a)) - double(p.centre(begin + i, a));
      f[i] += p.ridge / 2 * from_centre * from_centre;
    }
  }
  for (std::size_t first = 0; first < p.R.rows(); first += columns_at_once) {
    const Tensor R = slice_rows(p.R, first, std::min(p.R.rows(), first + columns_at_once));
    const Tensor Z = logits(L, R, p.offset, first);
    Tensor S(Z.shape);
    vector_softplus(Z.values, S.values);
    for (std::size_t i = 0; i < L.rows(); ++i) {
      const Real *x = p.X.row(begin + i) + first, *z = Z.row(i), *s = S.row(i);
      f[i] += sum_over<double>(Z.cols(),
                               [&](std::size_t j) { return double(s[j]) - double(x[j]) * z[j]; });
    }
  }
  return f;
}

// Gradients (n×r) and the lower triangles of the Hessians (n×pairs) of a piece of rows, both
// without the ridge.
struct Derivatives {
  Tensor gradients, hessians;
};

Derivatives derivatives(const LogisticRows& p, std::size_t begin, const Tensor& L) {
  Derivatives d{Tensor(L.shape), Tensor({L.rows(), pairs(L.cols())})};
  for (std::size_t first = 0; first < p.R.rows(); first += columns_at_once) {
    const Tensor R = slice_rows(p.R, first, std::min(p.R.rows(), first + columns_at_once));
    Tensor P = logits(L, R, p.offset, first);
    vector_sigmoid(P.values, P.values);
    Tensor W(P.shape);
    for (std::size_t i = 0; i < L.rows(); ++i) {
      const Real* x = p.X.row(begin + i) + first;
      Real *q = P.row(i), *w = W.row(i);
      for (std::size_t j = 0; j < P.cols(); ++j) {
        w[j] = q[j] * (1 - q[j]);
        q[j] -= x[j];
      }
    }
    matmul(P, R, d.gradients, Store::add);
    matmul(W, outer_products(R), d.hessians, Store::add);
  }
  return d;
}

// Solves H s = g by Cholesky's factorisation H = C Cᵀ. `H` is a lower triangle, row by row, and
// becomes C; g becomes s. A pivot that rounding has brought near or below 0 is raised to a rounding
// error of its diagonal entry.
void solve_positive_definite(std::vector<double>& H, std::vector<double>& g) {
  const std::size_t r = g.size();
  const auto row = [&](std::size_t a) { return H.data() + a * (a + 1) / 2; };
  for (std::size_t a = 0; a < r; ++a) {
    double* c = row(a);
    const double diagonal = c[a];
    for (std::size_t b = 0; b < a; ++b) {
      const double* other = row(b);
      for (std::size_t i = 0; i < b; ++i) c[b] -= c[i] * other[i];
      c[b] /= other[b];
      c[a] -= c[b] * c[b];
    }
    c[a] = std::sqrt(std::max(c[a], diagonal * double(std::numeric_limits<Real>::epsilon())));
  }
  for (std::size_t a = 0; a < r; ++a) {  // C y = g
    for (std::size_t b = 0; b < a; ++b) g[a] -= row(a)[b] * g[b];
    g[a] /= row(a)[a];
  }
  for (std::size_t a = r; a-- > 0;) {  // Cᵀ s = y
    g[a] /= row(a)[a];
    for (std::size_t b = 0; b < a; ++b) g[b] -= row(a)[b] * g[a];
  }
}

// H⁻¹ g for each row of a piece.
Tensor newton_directions(const LogisticRows& p, std::size_t begin, const Tensor& L) {
  const Derivatives d = derivatives(p, begin, L);
  const std::size_t r = L.cols();
  Tensor steps(L.shape);
  for (std::size_t i = 0; i < L.rows(); ++i) {
    std::vector<double> H(d.hessians.row(i), d.hessians.row(i) + pairs(r));
    std::vector<double> g(d.gradients.row(i), d.gradients.row(i) + r);
    for (std::size_t a = 0; a < r; ++a) {
      H[pairs(a + 1) - 1] += p.ridge;
      g[a] += p.ridge * (double(L(i, a)) - double(p.centre(begin + i, a)));
    }
    solve_positive_definite(H, g);
    for (std::size_t a = 0; a < r; ++a) steps(i, a) = Real(g[a]);
  }
  return steps;
}

// The step of one piece, halved row by row. `f` is the objective of its rows, before and after.
void step_piece(const LogisticRows& p, std::size_t begin, Tensor& L, double* f) {
  constexpr int most_halvings = 10;
  const double rounding = 4 * double(std::numeric_limits<Real>::epsilon());
  Tensor steps = newton_directions(p, begin, L);
  const std::vector<double> before = piece_objectives(p, begin, L);
  std::copy(before.begin(), before.end(), f);
  // Rows whose step is not yet settled, by their place in the piece
  std::vector<std::size_t> open(L.rows());
  for (std::size_t i = 0; i < open.size(); ++i) open[i] = i;
  for (int halving = 0; halving <= most_halvings && !open.empty(); ++halving) {
    Tensor trial = L;
    for (std::size_t i : open) {
      for (std::size_t a = 0; a < L.cols(); ++a) trial(i, a) -= steps(i, a);
    }
    const std::vector<double> after = piece_objectives(p, begin, trial);
    std::vector<std::size_t> rose;
    for (std::size_t i : open) {
      if (after[i] <= before[i] * (1 + rounding)) {
        std::copy(trial.row(i), trial.row(i) + L.cols(), L.row(i));
        f[i] = after[i];
      } else {
        rose.push_back(i);
        for (std::size_t a = 0; a < L.cols(); ++a) steps(i, a) /= 2;
      }
    }
    open = rose;
  }
}

}  // namespace

std::vector<double> newton_step(const LogisticRows& problem, Tensor& L, Workers* workers) {
  std::vector<double> f(L.rows());
  for_ranges(workers, L.rows(), rows_at_once, [&](std::size_t from, std::size_t to) {
    for (std::size_t begin = from; begin < to; begin += rows_at_once) {
      Tensor piece = slice_rows(L, begin, std::min(to, begin + rows_at_once));
      step_piece(problem, begin, piece, f.data() + begin);
      std::copy(piece.values.begin(), piece.values.end(), L.row(begin));
    }
  });
  return f;
}

std::vector<double> row_objectives(const LogisticRows& problem, const Tensor& L, Workers* workers) {
  std::vector<double> f(L.rows());
  for_ranges(workers, L.rows(), rows_at_once, [&](std::size_t from, std::size_t to) {
    for (std::size_t begin = from; begin < to; begin += rows_at_once) {
      const Tensor piece = slice_rows(L, begin, std::min(to, begin + rows_at_once));
      const std::vector<double> of_piece = piece_objectives(problem, begin, piece);
      std::copy(of_piece.begin(), of_piece.end(), f.begin() + std::ptrdiff_t(begin));
    }
  });
  return f;
}

}  // namespace strata
